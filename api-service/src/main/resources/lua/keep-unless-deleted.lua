-- Sets the field ARGV[2] of KEYS[1] to ARGV[3] and keeps all of it for ARGV[4] ms, unless its owner
-- has deleted it: then it has the field ARGV[1].
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
