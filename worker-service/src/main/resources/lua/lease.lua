-- One request's lease: who owns it, since which fencing token, and how far it got.
-- KEYS[1] the lease. ARGV[1] what to do, ARGV[2] owner, ARGV[3] fence, ARGV[4] TTL in ms,
-- ARGV[5] how long the memory of it is kept in ms, ARGV[6] the new state (move) or a line of the
-- history (note), ARGV[7] and [8] state and attempt as the holder knows them.
-- Who takes it says in ARGV[3] as which dead letter the request was redriven, -1 for none, and in
-- ARGV[8] how many attempts were made before that; a later letter is a new life of the request.
-- Time is Redis's own, so workers' clocks do not matter. Fencing tokens are no less than it, so that
-- they grow even where Redis has forgotten the last one.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('HMGET', KEYS[1], 'owner', 'fence', 'state', 'until', 'attempt', 'letter',
  'lost', 'history')
local owner, fence, state = lease[1], tonumber(lease[2] or '0'), lease[3]
local until_ms, attempt = tonumber(lease[4] or '0'), tonumber(lease[5] or '0')

if ARGV[1] == 'look' then
  return {state or 'NONE', fence, attempt, math.max(until_ms - now, 0)}
end

if ARGV[1] == 'take' then
  local letter, lost, history = tonumber(lease[6] or '-1'), tonumber(lease[7] or '0'), lease[8] or ''
  local wanted = tonumber(ARGV[3])
  if wanted < letter then return {'DONE', fence, attempt, 0} end
  if wanted > letter then
    state, lost, history = nil, 0, ''
    attempt = math.max(attempt, tonumber(ARGV[8]))
  end
  if state == 'DONE' then return {'DONE', fence, attempt, 0} end
  if state and until_ms > now then return {'ELSEWHERE', fence, attempt, until_ms - now} end
  local before = state or 'NONE'
  -- Its owner did not give it back: it died, or was cut off for as long as a lease lasts.
  if before ~= 'NONE' and before ~= 'SETTING_ASIDE' and until_ms > 0 then
    lost = lost + 1
    local at = string.format('%.0f', now)
    history = history .. (before == 'HELD' and 0 or attempt) .. ' worker_lost ' .. at .. '\n'
  end
  local next_fence = math.max(fence + 1, now)
  redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'fence', next_fence, 'state', 'HELD',
    'until', now + ARGV[4], 'attempt', attempt, 'letter', wanted, 'lost', lost, 'history', history)
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return {before, next_fence, attempt, 0, lost, history}
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
elseif ARGV[1] == 'note' then
  redis.call('HSET', KEYS[1], 'history', (lease[8] or '') .. ARGV[6])
elseif ARGV[1] == 'move' then
  redis.call('HSET', KEYS[1], 'state', ARGV[6])
elseif ARGV[1] == 'release' then
  redis.call('HSET', KEYS[1], 'until', 0)
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'OK', fence, attempt, 0}
