#!lua flags=no-writes
return {rows_at(redis.call('ZRANGEBYSCORE', key('chain', act.chain), '(' .. act.after, '+inf', 'LIMIT', 0, act.limit))}
