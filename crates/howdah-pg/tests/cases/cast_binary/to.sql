-- Types of PostgreSQL's own: later releases find none that SQL can define binary-compatible.
create cast (oid as xid) without function as implicit;
create cast (xid as cid) without function;
