package api

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxCluster bounds ConnectionDraft.Cluster, in characters.
const maxCluster = 128

var (
	connectionName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`) // spec/connections.md §1.1
	dashedID       = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	bareID         = regexp.MustCompile(`^[0-9A-Fa-f]{32}$`)
	idLetters      = regexp.MustCompile(`^[0-9A-Fa-f-]{24,}$`) // somebody copied an id, and lost something of it
)

// FindConnectionService returns the service of that name or alias, in any case,
// or nil.
func FindConnectionService(name string) *ConnectionService {
	i := slices.IndexFunc(ConnectionServices, func(s ConnectionService) bool {
		same := func(spelling string) bool { return strings.EqualFold(spelling, name) }
		return same(s.Name) || slices.ContainsFunc(s.Aliases, same)
	})
	if i < 0 {
		return nil
	}
	return &ConnectionServices[i]
}

// Normalised returns the draft with the service's canonical name, ids in lower
// case and tags by key. The url stays as it is, because it is given back.
func (d ConnectionDraft) Normalised() ConnectionDraft {
	d.Service = strings.TrimSpace(d.Service)
	if service := FindConnectionService(d.Service); service != nil {
		d.Service = service.Name
	}
	d.SecurityGroupID = strings.ToLower(strings.TrimSpace(d.SecurityGroupID))
	d.NetworkID = strings.ToLower(strings.TrimSpace(d.NetworkID))
	d.Tags = sortedTags(d.Tags)
	return d
}

func sortedTags(tags []Tag) []Tag {
	sorted := slices.Clone(tags)
	slices.SortStableFunc(sorted, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return sorted
}

// Problems judges everything, in form order.
func (d *ConnectionDraft) Problems() []Problem {
	problems := d.nameProblems()
	problems = append(problems, d.AddressProblems()...)
	problems = append(problems, d.NetworkProblems()...)
	if utf8.RuneCountInString(d.Cluster) > maxCluster || !graphic(d.Cluster) {
		problems = append(problems, Problem{"cluster_name", M("connection.cluster_form", "max", maxCluster)})
	}
	return append(problems, ConnectionTags.Problems("tags", d.Tags)...)
}

func (d *ConnectionDraft) nameProblems() []Problem {
	const longest = 64
	switch n := utf8.RuneCountInString(d.Name); {
	case n == 0:
		return []Problem{{"name", M("connection.name_required")}}
	case n > longest:
		return []Problem{{"name", M("connection.name_too_long", "max", longest, "length", n)}}
	case unicode.Is(unicode.Zs, firstOther(d.Name)):
		return []Problem{{"name", M("connection.name_space")}}
	case !connectionName.MatchString(d.Name):
		return []Problem{{"name", M("connection.name_form", "character", visible(firstOther(d.Name)))}}
	}
	return nil
}

// firstOther returns the first character that no name may have.
func firstOther(name string) rune {
	for _, c := range name {
		if !connectionName.MatchString(string(c)) {
			return c
		}
	}
	return utf8.RuneError
}

// NetworkProblems judges the ids of the security group and of the network.
// What they stand for nobody here can know.
func (d *ConnectionDraft) NetworkProblems() []Problem {
	var problems []Problem
	group, network := securityGroupProblem(d.SecurityGroupID), networkProblem(d.NetworkID)
	if !group.IsZero() {
		problems = append(problems, Problem{"security_group_id", group})
	}
	if network.IsZero() && group.IsZero() && strings.EqualFold(d.NetworkID, d.SecurityGroupID) {
		network = M("connection.same_id")
	}
	if !network.IsZero() {
		problems = append(problems, Problem{"network_id", network})
	}
	return problems
}

func securityGroupProblem(id string) Message {
	return uuidProblem(id, "connection.security_group_required", "connection.security_group_name")
}

func networkProblem(id string) Message {
	name := "connection.network_name"
	if strings.HasPrefix(strings.ToLower(id), "vpc") {
		name = "connection.network_vpc"
	}
	return uuidProblem(id, "connection.network_required", name)
}

// uuidProblem judges an id of the network service, in the words of two message
// keys where it is missing and where it is a name.
func uuidProblem(id, required, name string) Message {
	switch {
	case id == "":
		return M(required)
	case dashedID.MatchString(id):
		return Message{}
	case bareID.MatchString(id):
		return M("connection.id_hyphens", "id", hyphenated(id))
	case idLetters.MatchString(id):
		return M("connection.id_form", "length", len(id))
	}
	return M(name, "name", Shortened(id))
}

func hyphenated(id string) string {
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}

// Shortened is how a message repeats what somebody typed.
func Shortened(text string) string {
	const most = 64
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// graphic reports whether a text consists of characters that can be seen, and
// spaces.
func graphic(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsGraphic(c) })
}
