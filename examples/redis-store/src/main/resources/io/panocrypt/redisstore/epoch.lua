#!lua flags=no-writes
return {redis.call('GET', key('epoch'))}
