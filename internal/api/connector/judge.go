package connector

import (
	"encoding/base64"
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of values, in characters where nothing else is said.
const (
	DefaultMaxLen = 1024     // of an input that states no length of its own
	MaxMapLen     = 64 << 10 // of a map as JSON
	MaxMapEntries = 100
	MaxMapValue   = 1024     // of one value in a map
	MaxFile       = 64 << 10 // bytes of a file, before base64
)

// notInNames are the characters that could smuggle a parameter into a
// connection string through a name (S9).
const notInNames = ";?&=#/%'\"`"

// Judge reads one value of the input, a secret's too, and returns its
// canonical form, or what is wrong with it. It does not ask whether the input
// applies or is required; the empty text is judged like any other. The entries
// of a map may be those of any system that the connector knows.
func (in *Input) Judge(text string) (string, *Fault) {
	canonical, f := in.judge(text)
	if f != nil {
		f.Path = in.Name
		return "", f
	}
	return canonical, nil
}

func (in *Input) judge(text string) (string, *Fault) {
	if f := in.tooLong(text); f != nil {
		return "", f
	}
	if in.Kind != Map && in.Kind != File && strings.ContainsFunc(text, isControl) {
		return "", fault("input.control")
	}
	switch in.Kind {
	case Name:
		return readName(text)
	case Int:
		return in.readInt(text)
	case Enum:
		return in.readChoice(text)
	case Map:
		return readMap(text, in.Keys)
	case File:
		return readFile(text)
	case Bool:
		lower := strings.ToLower(text)
		return lower, unless(lower == "true" || lower == "false", "input.bool")
	case Host, Port, HostPort, HostList, URI, Share:
		return in.readAddress(text)
	default:
		return text, nil
	}
}

// unless is the fault of that key if something is not so.
func unless(ok bool, key string, args ...any) *Fault {
	if ok {
		return nil
	}
	return fault(key, args...)
}

func (in *Input) tooLong(text string) *Fault {
	most := in.MaxLen
	switch {
	case most > 0:
	case in.Kind == Map:
		most = MaxMapLen
	case in.Kind == File:
		most = 2 * MaxFile // base64 and its line breaks; readFile is exact
	default:
		most = DefaultMaxLen
	}
	return unless(utf8.RuneCountInString(text) <= most, "input.too_long", "max", most)
}

// isControl reports characters that no single line of text needs and that
// could hide what it says: controls, line ends, bidirectional marks, bytes
// that are not UTF-8.
func isControl(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

func readName(text string) (string, *Fault) {
	var found []string
	for _, r := range notInNames {
		if strings.ContainsRune(text, r) {
			found = append(found, string(r))
		}
	}
	return text, unless(found == nil, "input.name", "characters", strings.Join(found, " "))
}

func (in *Input) readInt(text string) (string, *Fault) {
	most := in.Max
	if most == 0 {
		most = math.MaxInt32
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return "", fault("input.integer")
	}
	if n < int64(in.Min) || n > int64(most) {
		return "", fault("input.range", "min", in.Min, "max", most)
	}
	return strconv.FormatInt(n, 10), nil
}

func (in *Input) readChoice(text string) (string, *Fault) {
	var values []string
	for _, choice := range in.Choices {
		if strings.EqualFold(choice.Value, text) {
			return choice.Value, nil
		}
		values = append(values, choice.Value)
	}
	return "", fault("input.choice", "choices", strings.Join(values, ", "))
}

func readFile(text string) (string, *Fault) {
	content, err := base64.StdEncoding.DecodeString(text)
	return text, unless(err == nil && len(content) > 0 && len(content) <= MaxFile, "input.file")
}
