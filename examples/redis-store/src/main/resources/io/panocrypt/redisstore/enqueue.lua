#!lua
keep(act.entries, now())
return {}
