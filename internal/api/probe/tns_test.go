package probe_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"strings"
)

// oracleServer is a stand-in for an Oracle listener and the database behind
// it, as far as the end of the sign-in.
type oracleServer struct {
	user, password string
	version        uint16 // of the network protocol
	messages       byte   // version of the messages
	wide           bool   // types have two bytes
	long           bool   // long texts have long lengths
	verifier       int    // how the password is kept
	mixes          bool   // halves of a key are mixed with PBKDF2
	marker         bool   // errors come after a marker
	listener       func(descriptor string) []byte
	refuse         []byte // instead of an answer to the right password
	asked          chan string
}

// Ways to keep a password.
const (
	kept11G = 6949
	kept12C = 18453
)

func newOracle() oracleServer {
	return oracleServer{user: "ann", password: "canary-7yq", version: 317, messages: 11, wide: true, long: true, verifier: kept12C, mixes: true}
}

func (o oracleServer) serve(conn net.Conn) {
	kind, packet := readTNS(conn, false)
	if kind != 1 {
		return
	}
	descriptor := string(packet[binary.BigEndian.Uint16(packet[26:]):])
	if descriptor == "" {
		_, packet = readTNS(conn, false)
		descriptor = string(packet[10:])
	}
	if o.asked != nil {
		o.asked <- descriptor
	}
	if o.listener != nil {
		_, _ = conn.Write(o.listener(descriptor))
		_, _ = io.Copy(io.Discard, conn)
		return
	}
	_, _ = conn.Write(o.accept())
	d := &oracleDialogue{oracleServer: o, conn: conn, wideLengths: o.version >= 315}
	d.negotiate()
	d.signIn()
	_, _ = io.Copy(io.Discard, conn)
}

func readTNS(r io.Reader, wide bool) (byte, []byte) {
	packet := make([]byte, 8)
	if _, err := io.ReadFull(r, packet); err != nil {
		return 0, nil
	}
	size := int(binary.BigEndian.Uint16(packet))
	if wide {
		size = int(binary.BigEndian.Uint32(packet))
	}
	packet = append(packet, make([]byte, max(size-8, 0))...)
	_, _ = io.ReadFull(r, packet[8:])
	return packet[4], packet
}

// tns is a packet with a length of two bytes.
func tns(kind, flags byte, body ...[]byte) []byte {
	packet := append([]byte{0, 0, 0, 0, kind, flags, 0, 0}, join(body...)...)
	binary.BigEndian.PutUint16(packet, uint16(len(packet)))
	return packet
}

func (o oracleServer) accept() []byte {
	body := make([]byte, 37)
	be := binary.BigEndian
	be.PutUint16(body, o.version)
	be.PutUint16(body[4:], 8192)
	be.PutUint16(body[6:], 65535)
	be.PutUint16(body[12:], 45) // where data would be
	be.PutUint32(body[24:], 8192)
	be.PutUint32(body[28:], 65535)
	return tns(2, 0, body)
}

func tnsRefuse(text string) []byte {
	return tns(4, 0, []byte{4, 0}, binary.BigEndian.AppendUint16(nil, uint16(len(text))), []byte(text))
}

// tnsError is how a listener refuses with an error.
func tnsError(code int) []byte {
	return tnsRefuse(fmt.Sprintf("(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=%d)(ERROR_STACK=(ERROR=(CODE=%d)(EMFI=4))))", code, code))
}

func tnsRedirect(addr net.Addr, more string) []byte {
	host, port, _ := net.SplitHostPort(addr.String())
	text := "(ADDRESS=(PROTOCOL=tcp)(HOST=" + host + ")(PORT=" + port + "))\x00" + more
	return tns(5, 2, binary.BigEndian.AppendUint16(nil, uint16(len(text))), []byte(text))
}

// oracleDialogue is one client's session.
type oracleDialogue struct {
	oracleServer
	conn        net.Conn
	wideLengths bool
	in          []byte
}

func (d *oracleDialogue) send(body []byte) {
	packet := tns(6, 0, []byte{0, 0}, body)
	if d.wideLengths {
		binary.BigEndian.PutUint32(packet, uint32(len(packet)))
	}
	_, _ = d.conn.Write(packet)
}

// hear reads the client's next message.
func (d *oracleDialogue) hear() bool {
	_, packet := readTNS(d.conn, d.wideLengths)
	if len(packet) < 10 {
		return false
	}
	d.in = packet[10:]
	return true
}

func (d *oracleDialogue) limits() []byte {
	limits := make([]byte, 45)
	limits[7] = d.messages
	limits[37] = 2 // knows time zones
	if d.mixes {
		limits[4] = 32
	}
	if d.wide {
		limits[27] = 1
	}
	if d.long {
		limits[37] |= 32
	}
	limits[4] |= 2
	return limits
}

// negotiate tells what the server can do, and takes any list of types.
func (d *oracleDialogue) negotiate() {
	if !d.hear() {
		return
	}
	numbers := make([]byte, 11)
	binary.BigEndian.PutUint16(numbers[9:], 2000)
	limits := d.limits()
	d.send(join([]byte{1, 6, 0}, []byte("Stand-in for Linux\x00"), []byte{0x69, 0x03, 1, 0, 0}, []byte{0, 11}, numbers,
		[]byte{byte(len(limits))}, limits, []byte{7, 2, 1, 0, 0, 0, 0, 4}))
	if !d.hear() {
		return
	}
	answer := append([]byte{2}, make([]byte, 11+4)...)
	if d.wide {
		answer = append(answer, 0, 1, 0, 1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0)
	} else {
		answer = append(answer, 1, 1, 1, 0, 2, 0, 0)
	}
	d.send(answer)
}

// signIn asks for the password and judges it.
func (d *oracleDialogue) signIn() {
	if !d.hear() {
		return
	}
	user := d.function(0x76)
	theirs := bytes.Repeat([]byte{7}, 48)
	if d.verifier == kept12C {
		theirs = theirs[:32]
	}
	salt := []byte("0123456789abcdef")
	secret := d.secret(salt)
	d.send(join([]byte{8}, ttcNumber(5),
		ttcPair("AUTH_SESSKEY", encryptCBC(secret, theirs), 0),
		ttcPair("AUTH_VFR_DATA", fmt.Sprintf("%X", salt), d.verifier),
		ttcPair("AUTH_PBKDF2_CSK_SALT", fmt.Sprintf("%X", salt), 0),
		ttcPair("AUTH_PBKDF2_VGEN_COUNT", "4096", 0),
		ttcPair("AUTH_PBKDF2_SDER_COUNT", "3", 0),
		d.end(0, "")))
	if !d.hear() {
		return
	}
	d.function(0x73)
	settings := d.pairs()
	ours := decryptCBC(secret, settings["AUTH_SESSKEY"])
	password := decryptCBC(d.mixed(ours, theirs, salt), settings["AUTH_PASSWORD"])
	switch {
	case len(password) < 16 || user != d.user || unpad(password[16:]) != d.password:
		d.fail(1017, "ORA-01017: invalid username/password; logon denied\n")
	case d.refuse != nil:
		d.send(d.refuse)
	default:
		d.send(join([]byte{15}, ttcNumber(28002), ttcNumber(3), ttcNumber(0), ttcText("ORA-28002: soon"), []byte{8}, ttcNumber(1),
			ttcPair("AUTH_VERSION_NO", "318767104", 0), d.end(0, "")))
	}
}

// fail ends an answer with an error, after a marker if that is its way.
func (d *oracleDialogue) fail(code int, text string) {
	if d.marker {
		for _, kind := range []byte{1, 2} {
			packet := tns(12, 0, []byte{1, 0, kind})
			if d.wideLengths {
				binary.BigEndian.PutUint32(packet, uint32(len(packet)))
			}
			_, _ = d.conn.Write(packet)
			if kind == 1 {
				readTNS(d.conn, d.wideLengths) // the client has understood
				d.send([]byte("what is on its way still"))
			}
		}
	}
	d.send(d.end(code, text))
}

// end is the message that ends an answer.
func (d *oracleDialogue) end(code int, text string) []byte { return ttcEnd(d.messages, code, text) }

func ttcEnd(version byte, code int, text string) []byte {
	b := join([]byte{4, 0}, ttcNumber(code), make([]byte, 4+2+2+13))
	if version < 7 {
		b = append(b, 0, 0, 0)
	} else {
		b = join(b, []byte{0, 0, 0}, ttcNumber(code), []byte{0})
	}
	if code != 0 {
		b = append(b, ttcText(text)...)
	}
	return b
}

// function reads the head of a function call up to the user's name.
func (d *oracleDialogue) function(number byte) (user string) {
	if len(d.in) < 4 || d.in[0] != 3 || d.in[1] != number {
		return ""
	}
	d.in = d.in[4:]
	d.number() // length of the name
	d.number() // mode
	d.in = d.in[1:]
	d.number() // of settings
	d.in = d.in[2:]
	return d.text()
}

func (d *oracleDialogue) pairs() map[string]string {
	pairs := map[string]string{}
	for len(d.in) > 0 {
		var both [2]string
		for i := range both {
			if d.number() > 0 {
				both[i] = d.text()
			}
		}
		d.number()
		pairs[both[0]] = both[1]
	}
	return pairs
}

func (d *oracleDialogue) number() (n int) {
	size := int(d.in[0])
	for _, b := range d.in[1 : 1+size] {
		n = n<<8 | int(b)
	}
	d.in = d.in[1+size:]
	return n
}

func (d *oracleDialogue) text() string {
	size := int(d.in[0])
	if size != 0xfe {
		text := string(d.in[1 : 1+size])
		d.in = d.in[1+size:]
		return text
	}
	d.in = d.in[1:]
	var text strings.Builder
	for {
		if d.long {
			size = d.number()
		} else {
			size, d.in = int(d.in[0]), d.in[1:]
		}
		if size == 0 {
			return text.String()
		}
		text.Write(d.in[:size])
		d.in = d.in[size:]
	}
}

func ttcNumber(n int) []byte {
	var b []byte
	for ; n > 0; n >>= 8 {
		b = append([]byte{byte(n)}, b...)
	}
	return append([]byte{byte(len(b))}, b...)
}

func ttcText(s string) []byte { return append([]byte{byte(len(s))}, s...) }

func ttcPair(name, value string, number int) []byte {
	return join(ttcNumber(len(name)), ttcText(name), ttcNumber(len(value)), ttcText(value), ttcNumber(number))
}

// secret is what the server keeps of the password.
func (o oracleServer) secret(salt []byte) []byte {
	if o.verifier == kept11G {
		sum := sha1.Sum(append([]byte(o.password), salt...))
		return append(sum[:], 0, 0, 0, 0)
	}
	speedy, _ := pbkdf2.Key(sha512.New, o.password, append(bytes.Clone(salt), "AUTH_PBKDF2_SPEEDY_KEY"...), 4096, 64)
	sum := sha512.Sum512(append(speedy, salt...))
	return sum[:32]
}

// mixed is the key of which each side made up a half.
func (o oracleServer) mixed(ours, theirs, salt []byte) []byte {
	size := 24
	if o.verifier == kept12C {
		size = 32
	}
	if len(ours) < size {
		return make([]byte, size)
	}
	if o.mixes {
		key, _ := pbkdf2.Key(sha512.New, fmt.Sprintf("%X%X", ours[:size], theirs[:size]), salt, 3, size)
		return key
	}
	both := make([]byte, 24)
	for i := range both {
		both[i] = ours[16+i] ^ theirs[16+i]
	}
	first, second := md5.Sum(both[:16]), md5.Sum(both[16:])
	return append(first[:], second[:8]...)
}

func encryptCBC(key, text []byte) string {
	block, _ := aes.NewCipher(key)
	out := make([]byte, len(text))
	cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(out, text)
	return fmt.Sprintf("%X", out)
}

func decryptCBC(key []byte, hexadecimal string) []byte {
	out, err := hex.DecodeString(hexadecimal)
	if err != nil || len(out)%16 != 0 {
		return nil
	}
	block, _ := aes.NewCipher(key)
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(out, out)
	return out
}

func unpad(b []byte) string {
	if len(b) == 0 || int(b[len(b)-1]) > len(b) {
		return ""
	}
	return string(b[:len(b)-int(b[len(b)-1])])
}
