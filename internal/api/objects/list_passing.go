package objects

// passing tells of what lies among objects, once: what comes after the last object of
// a list belongs to the next one.
type passing struct {
	passed func(key string, valid bool) // or nil
	keys   []string                     // since the last object
}

func (p *passing) pass(key string) {
	if p.passed != nil {
		p.keys = append(p.keys, key)
	}
}

// found is for each object, and for the end of a list without any.
func (p *passing) found() {
	for _, key := range p.keys {
		p.passed(key, valid(key))
	}
	p.keys = nil
}
