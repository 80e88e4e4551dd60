#!lua flags=no-writes
-- A page of records by ascending id: Redis sorts members of equal score by their bytes.
local ids = redis.call('ZRANGEBYLEX', key(act.index), '(' .. act.after, '+', 'LIMIT', 0, act.limit)
return #ids == 0 and {} or redis.call('HMGET', key('record', act.kind), unpack(ids))
