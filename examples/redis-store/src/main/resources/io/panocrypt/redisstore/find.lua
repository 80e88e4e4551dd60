#!lua flags=no-writes
local id = redis.call('HGET', key('unique', act.kind), act.term)
return {id and redis.call('HGET', key('record', act.kind), id) or nil}
