package probe

// httpSystems are what is asked through HTTP. http-connector is not among
// them: the link has no inputs, because jobs name the addresses.
var httpSystems = []*system{elasticsearchSystem, openTSDBSystem, disSystem, dliSystem}
