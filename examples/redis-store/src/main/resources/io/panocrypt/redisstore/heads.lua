#!lua flags=no-writes
return redis.call('HGETALL', key('head'))
