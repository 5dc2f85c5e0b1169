package probe

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Bounds of what a Redis server answers: how long a line is, and how deep
// arrays are in arrays.
const (
	maxRedisLine  = 4096
	maxRedisDepth = 4
)

var errRedis = errors.New("the server did not answer as Redis does")

// redisConn speaks Redis' protocol, RESP2, one command after the other. It is
// not left to a driver, because that takes a length which a server announces
// at its word and asks for that much memory, and because it begins with HELLO,
// over which proxies hang up.
type redisConn struct {
	w io.Writer
	r *bufio.Reader
}

// redisError is a server's refusal in its own words, of which the first, in
// capitals, says what kind it is.
type redisError string

func (e redisError) Error() string { return string(e) }

// redisSays reports whether err is a refusal that begins in one of these ways.
func redisSays(err error, beginnings ...string) bool {
	e, ok := errors.AsType[redisError](err)
	if !ok {
		return false
	}
	for _, beginning := range beginnings {
		if strings.HasPrefix(string(e), beginning) {
			return true
		}
	}
	return false
}

// ask sends a command and returns the answer: a string, an int64, a list
// ([]any) or nil. A refusal is a redisError.
func (c *redisConn) ask(words ...string) (any, error) {
	if _, err := io.WriteString(c.w, redisCommand(words...)); err != nil {
		return nil, err
	}
	return c.answer(0)
}

// askText is ask for a command whose answer is a text.
func (c *redisConn) askText(words ...string) (string, error) {
	answer, err := c.ask(words...)
	if err != nil {
		return "", err
	}
	text, ok := answer.(string)
	if !ok {
		return "", errRedis
	}
	return text, nil
}

func redisCommand(words ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(word), word)
	}
	return b.String()
}

func (c *redisConn) answer(depth int) (any, error) {
	line, err := c.line()
	if err != nil {
		return nil, err
	}
	kind, rest := line[0], line[1:]
	switch kind {
	case '+':
		return rest, nil
	case '-':
		// Redis repeats what was sent to it, which can be the password.
		words, _, _ := strings.Cut(rest, ", with args")
		return nil, redisError(words)
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	switch {
	case err != nil:
		return nil, errRedis
	case kind == ':':
		return n, nil
	case kind == '$':
		return c.bulk(n)
	case kind == '*':
		return c.list(n, depth)
	}
	return nil, errRedis
}

func (c *redisConn) line() (string, error) {
	line, err := c.r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", errRedis
	case err != nil:
		return "", err
	}
	text, ok := strings.CutSuffix(string(line), "\r\n")
	if !ok || text == "" {
		return "", errRedis
	}
	return text, nil
}

func (c *redisConn) bulk(n int64) (any, error) {
	switch {
	case n == -1:
		return nil, nil
	case n < 0 || n > maxRead:
		return nil, errRedis
	}
	text := make([]byte, n+2)
	if _, err := io.ReadFull(c.r, text); err != nil {
		return nil, err
	}
	return string(text[:n]), nil
}

// list grows as the elements come: their number is only the server's word.
func (c *redisConn) list(n int64, depth int) (any, error) {
	if n < -1 || depth == maxRedisDepth {
		return nil, errRedis
	}
	var elements []any
	for range n {
		element, err := c.answer(depth + 1)
		if err != nil {
			return nil, err
		}
		elements = append(elements, element)
	}
	return elements, nil
}

// redisField finds a line "name:value" in the answer to INFO and its like.
func redisField(text, name string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
