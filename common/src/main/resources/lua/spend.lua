-- What one subject has spent and holds in one period; see SpendScript for the verbs.
-- KEYS[1] a hash: settled, reserved (the sum of what is held), version (of settled), through (up to
-- when the ledger is complete), born, and for each reservation its id with the amount.
-- KEYS[2] a sorted set: reservations by their expiry. ARGV[1] the verb.
-- Sums are kept by HINCRBY, which is exact; Lua's own numbers only compare.
local account, expiries = KEYS[1], KEYS[2]

local function drop(id)
  local amount = redis.call('HGET', account, id)
  if not amount then return end
  redis.call('HDEL', account, id)
  redis.call('ZREM', expiries, id)
  if amount ~= '0' then redis.call('HINCRBY', account, 'reserved', '-' .. amount) end
end

local function hold(id, amount, expiry)
  if redis.call('HSETNX', account, id, amount) == 0 then return end
  redis.call('ZADD', expiries, expiry, id)
  redis.call('HINCRBY', account, 'reserved', amount)
end

local function hold_all(from)
  for i = from, #ARGV, 3 do hold(ARGV[i], ARGV[i + 1], ARGV[i + 2]) end
end

local function keep_until(at)
  redis.call('PEXPIREAT', account, at)
  redis.call('PEXPIREAT', expiries, at)
end

local verb = ARGV[1]
local settled = redis.call('HGET', account, 'settled')

if verb == 'begin' then
  if settled then return 0 end
  redis.call('DEL', expiries)
  redis.call('HSET', account, 'settled', ARGV[2], 'reserved', 0, 'version', ARGV[3],
    'through', 0, 'born', ARGV[3])
  hold_all(5)
  keep_until(ARGV[4])
  return 1
end

if not settled then return -1 end

if verb == 'reserve' then
  local hard = ARGV[5]
  if redis.call('HEXISTS', account, ARGV[2]) == 1 then return 1 end
  local reserved = tonumber(redis.call('HGET', account, 'reserved'))
  if hard ~= '' and tonumber(settled) + reserved + tonumber(ARGV[3]) > tonumber(hard) then
    return 0
  end
  hold(ARGV[2], ARGV[3], ARGV[4])
elseif verb == 'restore' then
  hold_all(2)
elseif verb == 'release' then
  for i = 2, #ARGV do drop(ARGV[i]) end
elseif verb == 'expire' then
  redis.call('ZADD', expiries, 'XX', 'LT', ARGV[3], ARGV[2])
elseif verb == 'settle' then
  for i = 5, #ARGV do drop(ARGV[i]) end
  if tonumber(ARGV[3]) >= tonumber(redis.call('HGET', account, 'version')) then
    redis.call('HSET', account, 'settled', ARGV[2], 'version', ARGV[3])
    if ARGV[4] ~= '' then
      redis.call('HSET', account, 'through', ARGV[4])
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', expiries, '-inf', ARGV[4], 'LIMIT', 0, 5000)) do
        drop(id)
      end
    end
  end
end
if redis.call('PTTL', expiries) == -1 then
  redis.call('PEXPIREAT', expiries, redis.call('PEXPIRETIME', account))
end
return 1
