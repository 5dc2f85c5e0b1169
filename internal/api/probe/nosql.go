package probe

// nosqlSystems are MongoDB and Redis.
var nosqlSystems = []*system{}
