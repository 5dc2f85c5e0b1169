package probe

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
)

// Messages between client and server.
const (
	ttcProtocol  = 1
	ttcTypes     = 2
	ttcFunction  = 3
	ttcError     = 4
	ttcPairs     = 8
	ttcStatus    = 9
	ttcWarning   = 15
	ttcPiggyback = 23
)

// Functions of the server.
const (
	ttcAuthFirst  = 0x76 // who signs in
	ttcAuthSecond = 0x73 // and the password
)

// oracleLimits are what a server says it can do, by number.
type oracleLimits []byte

func (l oracleLimits) has(number int, bit byte) bool { return number < len(l) && l[number]&bit != 0 }

// Limits of the server that matter here, and those of the client.
const (
	limitLogin   = 4
	limitVersion = 7
	limitStatus  = 15
	limitCallEnd = 16
	limitWide    = 27 // of types: their numbers have two bytes
	limitMore    = 37 // time zones and long texts
)

// negotiate agrees on the protocol and on types of values, and returns what
// the server can do.
func (t *ttc) negotiate() (oracleLimits, error) {
	if err := t.send(append([]byte{ttcProtocol, 6, 0}, "Switchboard\x00"...)); err != nil {
		return nil, err
	}
	if t.byte() != ttcProtocol {
		t.fail()
	}
	t.skip("bb")
	for n := 0; t.byte() != 0 && n < 256; n++ { // the server's name
	}
	charset := t.le16()
	flags := t.byte()
	t.take(5 * t.le16())
	numbers := t.take(t.be16())
	limits := oracleLimits(t.take(int(t.byte())))
	runtime := oracleLimits(t.take(int(t.byte())))
	national, ok := nationalCharset(numbers)
	if !ok || len(limits) <= limitVersion {
		t.fail()
	}
	if t.err != nil {
		return nil, t.err
	}
	t.serverLimits = serverLimits{
		version:    min(limits[limitVersion], oracleClientLimits[limitVersion]),
		callStatus: limits.has(limitStatus, 1),
		callEnd:    limits.has(limitCallEnd, 1),
		bigChunks:  limits.has(limitMore, 32),
	}
	t.next()
	return limits, t.agreeOnTypes(limits, runtime, charset, national, flags)
}

// nationalCharset finds the number of the server's national character set.
func nationalCharset(numbers []byte) (int, bool) {
	if len(numbers) < 7 {
		return 0, false
	}
	at := 6 + int(numbers[5]) + int(numbers[6]) + 3
	if at+2 > len(numbers) {
		return 0, false
	}
	return int(binary.BigEndian.Uint16(numbers[at:])), true
}

// oracleClientLimits and oracleClientRuntime are what we say we can do.
var (
	oracleClientLimits = oracleLimits{
		6, 1, 0, 0, 106, 1, 1, 11, 1, 1, 1, 1, 1, 1, 0, 41, 144, 3, 7, 3, 0, 1, 0,
		235, 1, 0, 5, 1, 0, 0, 0, 24, 0, 0, 7, 32, 2, 58, 0, 0, 5,
	}
	oracleClientRuntime = oracleLimits{2, 1, 0, 0, 0, 0, 0}
)

func (t *ttc) agreeOnTypes(limits, runtime oracleLimits, charset, national int, flags byte) error {
	ours, ourRuntime := bytes.Clone(oracleClientLimits), bytes.Clone(oracleClientRuntime)
	wide, zone := limits.has(limitWide, 0xff), limits.has(limitMore, 2)
	if !wide {
		ours[limitWide] = 0
	}
	if limits[limitVersion] < 7 {
		ours[36] = 0
	}
	if !zone {
		ours[1], ours[limitMore] = 0, 0
	}
	ourRuntime[1] = 0
	if runtime.has(1, 1) {
		ourRuntime[1] = 1
	}
	if len(runtime) > 6 {
		ourRuntime[6] = runtime[6] & (4 | 2)
	}
	message := []byte{ttcTypes}
	le := binary.LittleEndian
	message = le.AppendUint16(message, uint16(charset)) //nolint:gosec // two bytes from the server
	message = le.AppendUint16(message, uint16(charset)) //nolint:gosec // two bytes from the server
	message = append(message, flags|2, byte(len(ours)))
	message = append(append(message, ours...), byte(len(ourRuntime)))
	message = append(message, ourRuntime...)
	if ourRuntime[1] != 0 {
		message = append(message, 0x80, 0, 0, 0, 60, 60, 60, 0x80, 0, 0, 0) // UTC
		if zone {
			message = append(message, 0, 0, 0, 32) // version of the time zones
		}
	}
	message = le.AppendUint16(message, uint16(national)) //nolint:gosec // two bytes from the server
	if err := t.send(appendOracleTypes(message, wide)); err != nil {
		return err
	}
	return t.readTypes(wide, zone, ourRuntime[1] != 0)
}

// readTypes reads the server's list of types, of which nothing is used.
func (t *ttc) readTypes(wide, zone, clock bool) error {
	if t.byte() != ttcTypes {
		t.fail()
	}
	if clock {
		t.take(11)
		if zone {
			t.take(4)
		}
	}
	number := func() byte {
		if wide {
			b := t.take(2)
			return b[0] | b[1]
		}
		return t.byte()
	}
	for number() != 0 {
		if number() != 0 {
			number()
			number()
		}
	}
	t.next()
	return t.err
}

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
