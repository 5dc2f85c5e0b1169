package api

import "strconv"

// Message is a sentence for people before it is in any language: a key of the
// message catalogue (internal/locale) and its arguments. It can be stored and
// shown later in another language.
type Message struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// M makes a Message. Arguments are pairs of name and value; values are strings,
// numbers or Messages.
func M(key string, pairs ...any) Message {
	if len(pairs) == 0 {
		return Message{Key: key}
	}
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return Message{Key: key, Args: args}
}

// Grouped is a number as texts have it: "1,000,000".
func Grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// IsZero reports whether m says nothing.
func (m Message) IsZero() bool { return m.Key == "" }
