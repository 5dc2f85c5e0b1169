package probe

// messagingSystems are Kafka and what speaks its protocol.
var messagingSystems = []*system{}
