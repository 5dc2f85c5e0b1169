package probe

import (
	"strconv"
	"strings"
)

// setting is what a server says about a name: a text and a number.
type setting struct {
	text   string
	number int
}

// answer reads the answer to a request: settings by their names, or an
// oracleError.
func (t *ttc) answer() (map[string]setting, error) {
	settings := map[string]setting{}
	for t.err == nil {
		switch t.byte() {
		case ttcPairs:
			for n := t.number(); n > 0 && t.err == nil; n-- {
				name := string(t.sizedText())
				settings[name] = setting{string(t.sizedText()), t.number()}
			}
		case ttcError:
			return settings, t.errorMessage()
		case ttcStatus:
			t.status()
			return settings, t.err
		case ttcWarning:
			code, length := t.number(), t.number()
			t.number()
			if code != 0 && length != 0 {
				t.text()
			}
		case ttcPiggyback:
			t.piggyback()
		default:
			t.fail()
		}
	}
	return nil, t.err
}

func (t *ttc) status() {
	if t.callStatus {
		t.number()
	}
	if t.callEnd {
		t.number()
	}
}

// errorMessage reads the message that ends an answer; most of it is about
// queries. There is an error if its number is not 0.
func (t *ttc) errorMessage() error {
	t.status()
	t.number()
	code := t.number()
	t.skip("nnnnbb")
	if t.version >= 4 {
		t.skip("nn")
	} else {
		t.skip("bb")
	}
	t.skip("bbnnbnnnbbnns")
	if t.version < 7 {
		t.skip("sss")
	} else {
		for range 3 { // errors of single values, of which there are none yet
			if t.number() != 0 {
				t.fail()
			}
		}
		code = t.number()
		t.number()
	}
	if code == 0 || t.err != nil {
		return t.err
	}
	text := strings.TrimSpace(string(t.text()))
	if t.err != nil {
		return t.err
	}
	return &oracleError{code, text}
}

// piggyback reads what a server adds to an answer unasked.
func (t *ttc) piggyback() {
	switch kind := t.byte(); kind {
	case 0:
		t.skip("b")
	case 2: // its process
		n := t.number()
		t.skip("b")
		t.take(n)
	case 4: // the session
		t.skip("nb")
		t.settings(t.number())
		t.skip("nnn")
	case 5: // the language
		t.skip("nb")
		n := t.number()
		t.skip("b")
		t.settings(n)
		t.skip("n")
	case 7: // the transaction
		t.skip("nt")
	case 8:
		t.skip("nbnnbs")
	case 9:
		t.skip("nb")
	}
}

func (t *ttc) settings(n int) {
	for ; n > 0 && t.err == nil; n-- {
		t.skip("ssn")
	}
}

// oracleRelease reads the number of a release, which the server writes in
// decimals: 318767104 is 19.0.0.0.0.
func oracleRelease(decimals string) string {
	n, err := strconv.ParseUint(decimals, 10, 32)
	if err != nil {
		return ""
	}
	parts := []uint64{n >> 24, n >> 20 & 0xf, n >> 12 & 0xff, n >> 8 & 0xf, n & 0xff}
	if parts[0] >= 18 {
		parts = []uint64{n >> 24, n >> 16 & 0xff, n >> 12 & 0xf, n >> 4 & 0xff, n & 0xf}
	}
	var texts []string
	for _, part := range parts {
		texts = append(texts, strconv.FormatUint(part, 10))
	}
	return strings.Join(texts, ".")
}
