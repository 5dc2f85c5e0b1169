package probe

// objectStoreSystems are what speaks the S3 protocol.
var objectStoreSystems = []*system{}
