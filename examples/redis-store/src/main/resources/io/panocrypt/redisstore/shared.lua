-- Shared by the verbs; this text is prepended to each script.
--
-- Redis runs a script atomically, but does not roll back one that fails half-way. So each verb first checks all
-- preconditions and answers if one fails. From its first write on it makes only calls that cannot fail. (Redis checks for
-- full memory, a replica and an unwritable disk before a script begins, because of the script's first line.)

local request = cjson.decode(ARGV[1])
local act = request.act

local function key(...)
    return KEYS[1] .. table.concat({...}, ':')
end

-- A Redis that lost its data must not look like a new store.
if not act.format and redis.call('EXISTS', key('format')) == 0 then
    return redis.error_reply('ERR the store is gone')
end

local function now()
    if request.now then
        return request.now
    end
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function epoch()
    return tonumber(redis.call('GET', key('epoch')))
end

---- Records: hash record:KIND by id, sorted set ids:KIND, hash unique:KIND by unique term, sorted set term:KIND:TERM

local function record(kind, id)
    local stored = redis.call('HGET', key('record', kind), id)
    return stored and cjson.decode(stored) or nil
end

-- Versions start at 1; 0 means that nothing is stored.
local function version(kind, id)
    local found = record(kind, id)
    return found and found.version or 0
end

-- The failed precondition of the changes: STALE or TAKEN with its kind, and id or term; nil if there is none.
local function obstacle(changes)
    local written, claimed = {}, {}
    for _, change in ipairs(changes) do
        local name = key(change.kind, change.id)
        local again = written[name] and change.what ~= 'require'
        if again or version(change.kind, change.id) ~= change.replaces then
            return {'STALE', change.kind, change.id}
        end
        written[name] = change.what ~= 'require' or written[name]
    end
    for _, change in ipairs(changes) do
        for _, term in ipairs(change.uniqueTerms) do
            -- The state after the changes counts: rewritten records no longer hold their old terms.
            local holder = redis.call('HGET', key('unique', change.kind), term)
            local name = key(change.kind, term)
            if claimed[name] or holder and not written[key(change.kind, holder)] then
                return {'TAKEN', change.kind, term}
            end
            claimed[name] = true
        end
    end
    return nil
end

local function remove(kind, id)
    local old = record(kind, id)
    if old then
        for _, term in ipairs(old.uniqueTerms) do
            redis.call('HDEL', key('unique', kind), term)
        end
        for _, term in ipairs(old.terms) do
            redis.call('ZREM', key('term', kind, term), id)
        end
        redis.call('HDEL', key('record', kind), id)
        redis.call('ZREM', key('ids', kind), id)
    end
end

-- Removes all old terms before adding new ones, so a unique term can move from one record to another.
local function make(changes)
    for _, change in ipairs(changes) do
        if change.what ~= 'require' then
            remove(change.kind, change.id)
        end
    end
    for _, change in ipairs(changes) do
        if change.what == 'put' then
            redis.call('HSET', key('record', change.kind), change.id, change.stored)
            redis.call('ZADD', key('ids', change.kind), 0, change.id)
            for _, term in ipairs(change.uniqueTerms) do
                redis.call('HSET', key('unique', change.kind), term, change.id)
            end
            for _, term in ipairs(change.terms) do
                redis.call('ZADD', key('term', change.kind, term), 0, change.id)
            end
        end
    end
end

---- Grants: hash grants:DEVICE by id; set granted of the devices that have one

local function grant_of(device, id)
    local stored = redis.call('HGET', key('grants', device), id)
    return stored and cjson.decode(stored) or nil
end

local function keep_grant(grant)
    if grant.usesLeft > 0 then
        redis.call('HSET', key('grants', grant.deviceId), grant.id, cjson.encode(grant))
        redis.call('SADD', key('granted'), grant.deviceId)
    else
        redis.call('HDEL', key('grants', grant.deviceId), grant.id)
    end
end

-- The stored form of the device's grants that are valid at that time.
local function open_grants(device, at)
    local open = {}
    for _, stored in ipairs(redis.call('HVALS', key('grants', device))) do
        if at < cjson.decode(stored).expires then
            open[#open + 1] = stored
        end
    end
    return open
end

---- Journal: hash row by sort key, hash entry from id to sort key, sorted sets journal:KIND[:DEVICE] of sort
---- keys and chain:NAME of sort keys by sequence, hash head by chain

local function is_there(id)
    return redis.call('HEXISTS', key('entry'), id) == 1
end

-- The entries were linked to the head that this node knows. If the chain has another head, they must be linked again.
local function moved()
    local head = redis.call('HGET', key('head'), request.chain) or ''
    return head ~= request.head and {'MOVED', head} or nil
end

local function append(rows)
    for _, row in ipairs(rows) do
        redis.call('HSET', key('row'), row.place, row.stored)
        redis.call('HSET', key('entry'), row.id, row.place)
        redis.call('ZADD', key('chain', request.chain), row.sequence, row.place)
        for _, index in ipairs(row.indexes) do
            redis.call('ZADD', key(index), 0, row.place)
        end
        redis.call('HSET', key('head'), request.chain, row.head)
    end
end

-- The entries with those sort keys, as one JSON array.
local function rows_at(places)
    return #places == 0 and '[]' or '[' .. table.concat(redis.call('HMGET', key('row'), unpack(places)), ',') .. ']'
end

---- Outbox: hash out:ID; sorted sets by the order of arrival: waiting, dead, lane:LANE (what waits); sorted sets by time:
---- due (of each lane the oldest that waits, as number and id), settled (done and dead)

-- Redis sorts members of equal score by their bytes: of entries due at the same time, the oldest is first.
local function due_member(id)
    return string.format('%016.0f', redis.call('HGET', key('out', id), 'number')) .. id
end

local function id_of(due_member)
    return string.sub(due_member, 17)
end

local function oldest_of(lane)
    return redis.call('ZRANGE', key('lane', lane), 0, 0)[1]
end

-- Every change of a lane or of a due time must call this: only the oldest entry of a lane is due.
local function change_lane(lane, change)
    local before = oldest_of(lane)
    if before then
        redis.call('ZREM', key('due'), due_member(before))
    end
    change()
    local after = oldest_of(lane)
    if after then
        redis.call('ZADD', key('due'), redis.call('HGET', key('out', after), 'due'), due_member(after))
    end
end

local function let_wait(id, lane, number, due)
    change_lane(lane, function()
        redis.call('HSET', key('out', id), 'due', due)
        redis.call('ZADD', key('lane', lane), number, id)
        redis.call('ZADD', key('waiting'), number, id)
    end)
end

-- Adds the entries whose id is not stored yet.
local function keep(entries, at)
    for _, entry in ipairs(entries) do
        if redis.call('EXISTS', key('out', entry.id)) == 0 then
            local number = redis.call('INCR', key('number'))
            redis.call('HSET', key('out', entry.id), 'id', entry.id, 'topic', entry.topic, 'lane', entry.lane,
                'body', entry.body, 'number', number, 'created', at, 'attempts', 0)
            let_wait(entry.id, entry.lane, number, at)
        end
    end
end

-- The entry as a table with the members of LeasedEntry and DeadEntry.
local function kept(id)
    local field = redis.call('HMGET', key('out', id), 'topic', 'lane', 'body', 'attempts', 'created', 'cause', 'due')
    return {
        entry = {id = id, topic = field[1], lane = field[2], body = field[3]},
        attempts = tonumber(field[4]), created = tonumber(field[5]), cause = field[6] or '', died = tonumber(field[7])
    }
end
