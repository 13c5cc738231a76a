create cast (oid as xid) without function as assignment;
