package templates

// Pasted is what was made of a pasted text, in sentences in the reader's
// language. Of a secret they say only that it is there.
type Pasted struct{ Understood, Ignored []string }
