-- Says that nothing waits in the lane KEYS[1], if it is still as it was looked at: ARGV[1] requests
-- accepted, ARGV[2] started.
local lane = redis.call('HMGET', KEYS[1], 'accepted', 'accepted_tokens', 'started')
if (lane[1] or '0') ~= ARGV[1] or (lane[3] or '0') ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], 'started', lane[1] or '0', 'started_tokens', lane[2] or '0')
return 1
