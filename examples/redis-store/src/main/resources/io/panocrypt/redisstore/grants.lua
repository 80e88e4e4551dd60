#!lua flags=no-writes
return open_grants(act.device, now())
