package connector

import "strings"

// Normalise returns values in canonical form, so that equal settings are equal
// texts: trimmed, enum values in the catalogue's spelling, hosts in lower case
// and so on. Empty values are left out; wrong, unknown and inapplicable ones
// are only trimmed; the text of a secret is never changed. Normalising twice
// changes nothing more.
func (c *Connector) Normalise(values map[string]string) map[string]string {
	out := make(map[string]string, len(values))
	for path, text := range values {
		if in := c.Input(path); in == nil || !in.Secret {
			text = strings.TrimSpace(text)
			text = c.narrowed(in, values).canonical(text)
		}
		if text != "" {
			out[path] = text
		}
	}
	return out
}

// canonical returns the canonical form of a value, or the text itself if there
// is none.
func (in *Input) canonical(text string) string {
	if in == nil || text == "" {
		return text
	}
	canonical, f := in.Judge(text)
	if f != nil {
		return text
	}
	return canonical
}
