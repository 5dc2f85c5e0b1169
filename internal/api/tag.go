package api

// Tag is a label of a resource, to find it by.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// TagRules says what tags of a kind of resource may be. Lengths are in
// characters.
type TagRules struct {
	Key, Value, Count int
	// Blank says that a tag may have no value.
	Blank bool
	// Forbidden are characters that neither keys nor values may have.
	Forbidden string
	// Plain says that there are letters, digits, hyphens and underscores only.
	Plain bool
}

// Rules for tags, by kind of resource.
var (
	// ConnectionTags are DLI's (spec/connections.md §1.2).
	ConnectionTags = TagRules{Key: 128, Value: 255, Count: 10, Forbidden: `=*<>\,|/`}
	// EndpointServiceTags are VPCEP's (spec/whitelist.md §1.6).
	EndpointServiceTags = TagRules{Key: 36, Value: 43, Count: 20, Blank: true, Forbidden: `=*<>\,|/`}
)
