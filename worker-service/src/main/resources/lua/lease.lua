-- One request's lease: who owns it, since which fencing token, and how far it got.
-- KEYS[1] the lease. ARGV[1] what to do, ARGV[2] owner, ARGV[3] fence, ARGV[4] TTL in ms,
-- ARGV[5] how long the memory of it is kept in ms, ARGV[6] the new state (move only), ARGV[7] and [8]
-- state and attempt as the holder knows them.
-- Time is Redis's own, so workers' clocks do not matter. Fencing tokens are no less than it, so that
-- they grow even where Redis has forgotten the last one.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('HMGET', KEYS[1], 'owner', 'fence', 'state', 'until', 'attempt')
local owner, fence, state = lease[1], tonumber(lease[2] or '0'), lease[3]
local until_ms, attempt = tonumber(lease[4] or '0'), tonumber(lease[5] or '0')

if ARGV[1] == 'look' then
  return {state or 'NONE', fence, attempt, math.max(until_ms - now, 0)}
end

if ARGV[1] == 'take' then
  if state == 'DONE' then return {'DONE', fence, attempt, 0} end
  if until_ms > now then return {'ELSEWHERE', fence, attempt, until_ms - now} end
  local before = state or 'NONE'
  local next_fence = math.max(fence + 1, now)
  redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'fence', next_fence, 'state', 'HELD',
    'until', now + ARGV[4], 'attempt', attempt)
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return {before, next_fence, attempt, 0}
end

-- Redis was flushed, and nobody has taken the request since: its holder has it still.
if not owner then
  owner, fence, state, attempt = ARGV[2], tonumber(ARGV[3]), ARGV[7], tonumber(ARGV[8])
  redis.call('HSET', KEYS[1], 'owner', owner, 'fence', fence, 'state', state,
    'until', now + ARGV[4], 'attempt', attempt)
end

-- Everything else is the holder's alone.
if owner ~= ARGV[2] or fence ~= tonumber(ARGV[3]) then return {'FENCED', fence, attempt, 0} end

if ARGV[1] == 'renew' then
  if state == 'DONE' then return {'DONE', fence, attempt, 0} end
  redis.call('HSET', KEYS[1], 'until', now + ARGV[4])
elseif ARGV[1] == 'attempt' then
  attempt = attempt + 1
  redis.call('HSET', KEYS[1], 'state', 'CALLING', 'attempt', attempt, 'until', now + ARGV[4])
elseif ARGV[1] == 'move' then
  redis.call('HSET', KEYS[1], 'state', ARGV[6])
elseif ARGV[1] == 'release' then
  redis.call('HSET', KEYS[1], 'until', 0)
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'OK', fence, attempt, 0}
