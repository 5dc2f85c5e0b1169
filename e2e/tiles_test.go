package e2e

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/connector"
)

// described is a link of one of the picker's tiles, with every secret that a
// link of its kind can have.
type described struct {
	Connector string
	Inputs    map[string]string // secrets, too
	Secrets   []string          // paths
	Local     bool              // says itself where to connect, and that is this machine
}

// describeTile describes a link whose system is a parrot, and whose secrets are
// all the same text.
func describeTile(c *connector.Connector, tile *connector.Tile, p parrots, secret string) described {
	d := described{Connector: c.Name, Inputs: map[string]string{}}
	for i := range c.Inputs {
		in := &c.Inputs[i]
		if !c.Applies(in, d.Inputs) {
			continue
		}
		switch {
		case in.Name == c.Variant:
			d.Inputs[in.Name] = tile.Value
		case in.Secret:
			d.Secrets = append(d.Secrets, in.Name)
			d.Inputs[in.Name] = secret
			if in.Kind == connector.File {
				d.Inputs[in.Name] = base64.StdEncoding.EncodeToString([]byte(secret))
			}
		default:
			text, local := valueFor(c, in, d.Inputs, p)
			d.Local = d.Local || local
			if text != "" {
				d.Inputs[in.Name] = text
			}
		}
	}
	return d
}

// valueFor is a value for an input that is no secret, and whether it says where
// to connect.
func valueFor(c *connector.Connector, in *connector.Input, before map[string]string, p parrots) (text string, local bool) {
	port := p.any
	if c.Name == "ftp-connector" {
		port = p.ftp
	}
	at := "127.0.0.1:" + strconv.Itoa(port)
	switch in.Kind {
	case connector.Host:
		return "127.0.0.1", true
	case connector.Port:
		return strconv.Itoa(port), true
	case connector.HostPort, connector.HostList:
		return at, true
	case connector.URI:
		return in.Schemes[len(in.Schemes)-1] + "://" + at, true
	case connector.Share:
		return `\\127.0.0.1\share`, true
	case connector.Enum, connector.Bool:
		return mostSecret(c, in, before), false
	case connector.Name, connector.String:
		if in.Required {
			return cmp.Or(in.Example, "loader"), false
		}
	}
	return in.Default, false
}

// mostSecret is the choice with which most secrets apply: the default, if it
// makes no difference.
func mostSecret(c *connector.Connector, in *connector.Input, before map[string]string) string {
	choices := []string{c.DefaultFor(in, before), "true"}
	for _, choice := range in.Choices {
		choices = append(choices, choice.Value)
	}
	if in.Kind == connector.Enum {
		choices = slices.Delete(choices, 1, 2)
	}
	return slices.MaxFunc(choices, func(a, b string) int {
		return cmp.Compare(secretsWith(c, in, before, a), secretsWith(c, in, before, b))
	})
}

func secretsWith(c *connector.Connector, in *connector.Input, before map[string]string, value string) int {
	with := maps.Clone(before)
	with[in.Name] = value
	n := 0
	for i := range c.Inputs {
		if c.Inputs[i].Secret && c.Applies(&c.Inputs[i], with) {
			n++
		}
	}
	return n
}

// parrots are the ports of servers that say back to everybody what they were
// told, in words that clients take for a refusal: whatever a driver hands on of
// that must not hold the secret that it sent.
type parrots struct{ any, ftp int }

// parrotPatience is after what silence a parrot flies away: some clients wait
// for the server's first word.
const parrotPatience = time.Second / 2

func raiseParrots(t *testing.T) parrots {
	t.Helper()
	return parrots{any: raiseParrot(t, "", repeatAny), ftp: raiseParrot(t, "220 parrot\r\n", repeatFTP)}
}

func raiseParrot(t *testing.T, greeting string, repeat func(words []byte) string) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = conn.Write([]byte(greeting))
				from, buffer := bufio.NewReader(conn), make([]byte, 64<<10)
				for {
					_ = conn.SetReadDeadline(time.Now().Add(parrotPatience))
					n, err := from.Read(buffer)
					if err != nil {
						return
					}
					if _, err := conn.Write([]byte(repeat(buffer[:n]))); err != nil {
						return
					}
				}
			}()
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

// repeatAny refuses in HTTP or in Redis' protocol, and else says the same.
func repeatAny(words []byte) string {
	text := string(words)
	oneLine := strings.Join(strings.Fields(text), " ")
	switch {
	case bytes.Contains(words, []byte(" HTTP/1.")):
		return fmt.Sprintf("HTTP/1.1 403 %s\r\nContent-Length: %d\r\nX-Heard: %s\r\n\r\n%s", oneLine, len(text), oneLine, text)
	case strings.HasPrefix(text, "*"):
		return "-ERR " + oneLine + "\r\n"
	default:
		return text
	}
}

func repeatFTP(words []byte) string {
	line := strings.TrimSpace(string(words))
	if strings.HasPrefix(line, "USER") {
		return "331 go on\r\n"
	}
	return "530 I do not know " + line + "\r\n"
}
