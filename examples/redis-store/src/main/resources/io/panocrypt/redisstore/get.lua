#!lua flags=no-writes
return {redis.call('HGET', key('record', act.kind), act.id) or nil}
