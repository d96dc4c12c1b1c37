-- What the fleet has learnt of one model: sums of what was told, and of how many told it.
-- KEYS[1] the sums. ARGV[1] samples at which the older half of them is forgotten; ARGV[2..7] to be
-- added; ARGV[8..13] what the caller last knew, in place of sums that are lost.
local fields = {'counted', 'told', 'answers', 'surcharge', 'charged', 'charges'}
local lost = redis.call('EXISTS', KEYS[1]) == 0
local sums = {}
for i, field in ipairs(fields) do
  if lost then redis.call('HSET', KEYS[1], field, ARGV[i + 7]) end
  sums[i] = redis.call('HINCRBY', KEYS[1], field, ARGV[i + 1])
end
for last = 3, 6, 3 do
  if sums[last] > tonumber(ARGV[1]) then
    for i = last - 2, last do
      sums[i] = math.floor(sums[i] / 2)
      redis.call('HSET', KEYS[1], fields[i], string.format('%.0f', sums[i]))
    end
  end
end
redis.call('EXPIRE', KEYS[1], 2592000) -- of models that nobody asks any more, 30 days
return sums
