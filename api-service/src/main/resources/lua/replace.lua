-- Replaces KEYS[1] by ARGV[2] for ARGV[3] ms if it is ARGV[1] (empty: absent).
-- Returns {1} if it did, else {0, what is there}.
local current = redis.call('GET', KEYS[1]) or ''
if current ~= ARGV[1] then
  return {0, current}
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return {1}
