package api

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// QueueCUs are the sizes of queues, in compute units.
var QueueCUs = []int{16, 64, 256, 512, 1024}

// Bounds of a queue's texts, in characters; the description's is ours.
const (
	MaxQueueName        = 128 // spec/connections.md §1.7
	MaxQueueDescription = 128
)

var (
	queueName = regexp.MustCompile(`^[a-z0-9][a-z0-9_]*$`)
	allDigits = regexp.MustCompile(`^[0-9]+$`)

	privateNetworks = []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	}
)

// FoldQueue returns a queue's name as it is stored and compared.
func FoldQueue(name string) string { return strings.ToLower(name) }

// Normalised returns the draft with the folded name, tags by key and what is
// taken where nothing was said.
func (d QueueDraft) Normalised() QueueDraft {
	d.Name = FoldQueue(d.Name)
	d.Type = QueueType(strings.ToLower(string(d.Type)))
	if d.Type == "" {
		d.Type = QueueSQL
	}
	if d.CIDR = strings.TrimSpace(d.CIDR); d.CIDR == "" {
		d.CIDR = DefaultQueueCIDR
	}
	d.Tags = sortedTags(d.Tags)
	return d
}

// Problems judges a normalised draft.
func (d *QueueDraft) Problems() []Problem {
	var problems []Problem
	refuse := func(path string, m Message) {
		if !m.IsZero() {
			problems = append(problems, Problem{path, m})
		}
	}
	refuse("name", queueNameProblem(d.Name))
	if n := utf8.RuneCountInString(d.Description); n > MaxQueueDescription {
		refuse("description", M("queue.description_too_long", "max", MaxQueueDescription, "length", n))
	} else if !graphic(d.Description) {
		refuse("description", M("queue.description_form"))
	}
	if d.Type != QueueSQL && d.Type != QueueGeneral {
		refuse("type", M("queue.type_unknown", "sql", string(QueueSQL), "general", string(QueueGeneral)))
	}
	if !slices.Contains(QueueCUs, d.CUs) {
		refuse("cu_count", M("queue.cus_unknown", "sizes", sizes(QueueCUs)))
	}
	refuse("cidr", cidrProblem(d.CIDR))
	return append(problems, ConnectionTags.Problems("tags", d.Tags)...)
}

func queueNameProblem(name string) Message {
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return M("queue.name_required")
	case n > MaxQueueName:
		return M("queue.name_too_long", "max", MaxQueueName, "length", n)
	case name == DefaultQueue:
		return M("queue.name_default", "name", DefaultQueue)
	case !queueName.MatchString(name):
		return M("queue.name_form")
	case allDigits.MatchString(name):
		return M("queue.name_digits")
	}
	return Message{}
}

func sizes(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}

// cidrProblem judges the network of a queue's own machines.
func cidrProblem(text string) Message {
	const widest, narrowest = 8, 28
	network, err := netip.ParsePrefix(text)
	switch {
	case err != nil || !network.Addr().Is4():
		return M("queue.cidr_form", "example", DefaultQueueCIDR)
	case network.Bits() < widest || network.Bits() > narrowest:
		return M("queue.cidr_size", "widest", widest, "narrowest", narrowest)
	case network != network.Masked():
		return M("queue.cidr_masked", "network", network.Masked().String())
	case !slices.ContainsFunc(privateNetworks, func(p netip.Prefix) bool {
		return p.Bits() <= network.Bits() && p.Contains(network.Addr())
	}):
		return M("queue.cidr_public")
	}
	return Message{}
}
