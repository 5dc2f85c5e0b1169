package probe

// httpSystems are what is asked through HTTP.
var httpSystems = []*system{}
