-- A worker's newest report. KEYS[1] the reports by worker, KEYS[2] when each was seen, ms.
-- ARGV[1] worker, ARGV[2] its report, ARGV[3] how long a worker that is gone is remembered, ms.
-- Time is Redis's own, so workers' clocks do not matter. Answers the report before, if any.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HGET', KEYS[1], ARGV[1]) or ''
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now, ARGV[1])
local gone = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[3])
for _, worker in ipairs(gone) do
  redis.call('HDEL', KEYS[1], worker)
  redis.call('ZREM', KEYS[2], worker)
end
return before
