package templates

// Pasted is what was made of a pasted text, in sentences in the reader's
// language. Of a secret they say only that it is there.
type Pasted struct{ Understood, Ignored []string }

// pasteRefusalID is the id of what says why a pasted text was refused.
const pasteRefusalID = "paste-refusal"
