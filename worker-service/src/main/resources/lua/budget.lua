-- One pool's shared state: replaced only if it is still what the caller computed from.
-- KEYS[1] the state. ARGV[1] the state expected, empty for none; ARGV[2] the new state.
-- Answers whether it was replaced, Redis's own time (so workers' clocks do not matter), and
-- what is stored if it was not.
local time = redis.call('TIME')
local current = redis.call('GET', KEYS[1]) or ''
if current == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
  return {1, tonumber(time[1]), tonumber(time[2]), ''}
end
return {0, tonumber(time[1]), tonumber(time[2]), current}
