-- Counts ARGV[1] requests as started that no longer wait in the lane KEYS[1], with their share of the
-- tokens; or takes so many back if it is negative. Unless ARGV[2], what has been mended before, tells
-- that somebody else has been here meanwhile.
local lane = redis.call('HMGET', KEYS[1], 'accepted', 'accepted_tokens', 'started', 'started_tokens', 'mended')
for i = 1, 5 do lane[i] = tonumber(lane[i] or '0') end
local waiting, tokens = lane[1] - lane[3], lane[2] - lane[4]
if lane[5] ~= tonumber(ARGV[2]) or waiting == 0 then
  return 0
end
local n = tonumber(ARGV[1])
redis.call('HINCRBY', KEYS[1], 'started', n)
redis.call('HINCRBY', KEYS[1], 'started_tokens', math.floor(tokens * n / waiting))
redis.call('HINCRBY', KEYS[1], 'mended', n)
return 1
