package api

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Rules of regions; all of them are ours.
const (
	maxFolder    = 1024 // characters of a folder, an endpoint or a prefix
	maxAccessKey = 128
	maxSecretKey = 256
	maxBandwidth = 1 << 20 // MiB per second
	mebibyte     = 1 << 20
)

// usualSigning is the region's name in signatures where nobody says another one.
const usualSigning = "us-east-1"

var (
	// regionName is what the name of a project may be, too, which can stand in a
	// path (spec/replication.md §1.1).
	regionName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	bucketName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$`)
	plainHost  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?$`)
)

// reservedRegions are words that stand in the console's addresses where the name of
// a region does.
var reservedRegions = []string{"new", "validate", "edit", "test"}

// ValidRegionName reports whether a region, and a project, can have that name.
func ValidRegionName(name string) bool { return regionName.MatchString(name) }

// Complete fills in what was left out, and says the same thing in one way. What
// does not belong to the kind is left out.
func (d RegionDraft) Complete() RegionDraft {
	d.Kind = cmp.Or(d.Kind, StoreFolder)
	d.Bandwidth = strings.TrimSpace(d.Bandwidth)
	if d.Kind == StoreFolder {
		if d.Folder = strings.TrimSpace(d.Folder); d.Folder != "" {
			d.Folder = filepath.Clean(d.Folder)
		}
		return RegionDraft{Name: d.Name, Kind: d.Kind, Folder: d.Folder, Bandwidth: d.Bandwidth}
	}
	d.Folder = ""
	d.Endpoint = plainEndpoint(d.Endpoint)
	d.Bucket, d.AccessKey = strings.TrimSpace(d.Bucket), strings.TrimSpace(d.AccessKey)
	d.Signing = cmp.Or(strings.TrimSpace(d.Signing), usualSigning)
	if d.Prefix = strings.Trim(strings.TrimSpace(d.Prefix), "/"); d.Prefix != "" {
		d.Prefix += "/"
	}
	return d
}

// plainEndpoint is an endpoint as it is compared (S12): in lower case, without the
// port that its scheme stands for, and without a slash or a dot at its end.
func plainEndpoint(text string) string {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text
	}
	u.Scheme, u.Path = strings.ToLower(u.Scheme), strings.TrimRight(u.Path, "/")
	host, port := strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		host += ":" + port
	}
	u.Host = host
	return u.String()
}

// BytesPerSecond is the bandwidth of a draft without problems, 0 for no bound.
func (d *RegionDraft) BytesPerSecond() int64 {
	n, _ := strconv.ParseInt(d.Bandwidth, 10, 64)
	return n * mebibyte
}

// Problems judges a complete draft, in form order. stored is the region that it
// edits, nil for a new one.
func (d *RegionDraft) Problems(stored *Region) []Problem {
	problems := fieldProblems("", fieldProblem{"name", d.nameProblem(stored)})
	switch d.Kind {
	case StoreFolder:
		problems = append(problems, fieldProblems("", fieldProblem{"folder", d.folderProblem()})...)
	case StoreS3:
		problems = append(problems, d.bucketProblems(stored)...)
	default:
		problems = append(problems, Problem{"kind", M("region.kind_unknown")})
	}
	return append(problems, fieldProblems("", fieldProblem{"bandwidth", d.bandwidthProblem()})...)
}

func (d *RegionDraft) nameProblem(stored *Region) Message {
	switch {
	case stored != nil:
		return Message{} // it stays
	case d.Name == "":
		return M("region.name_required")
	case !regionName.MatchString(d.Name):
		return M("region.name_form")
	case slices.Contains(reservedRegions, d.Name):
		return M("link.name_reserved", "name", d.Name)
	}
	return Message{}
}

func (d *RegionDraft) folderProblem() Message {
	switch n := utf8.RuneCountInString(d.Folder); {
	case n == 0:
		return M("region.folder_required")
	case n > maxFolder || !graphic(d.Folder):
		return M("region.folder_form", "max", maxFolder)
	}
	return Message{}
}

func (d *RegionDraft) bucketProblems(stored *Region) []Problem {
	return fieldProblems("",
		fieldProblem{"endpoint", d.endpointProblem()},
		fieldProblem{"bucket", d.bucketProblem()},
		fieldProblem{"prefix", d.prefixProblem()},
		fieldProblem{"signing", d.signingProblem()},
		fieldProblem{"access_key", d.accessKeyProblem()},
		fieldProblem{"secret", d.secretProblem(stored)})
}

func (d *RegionDraft) endpointProblem() Message {
	switch {
	case d.Endpoint == "":
		return M("region.endpoint_required")
	case !plainBase(d.Endpoint):
		return M("region.endpoint_form")
	}
	return Message{}
}

// plainBase reports whether a text is https://host[:port], or http://, and no more.
func plainBase(text string) bool {
	u, err := url.Parse(text)
	return err == nil && utf8.RuneCountInString(text) <= maxFolder && (u.Scheme == "http" || u.Scheme == "https") &&
		u.User == nil && u.Path == "" && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && plainHostPort(u)
}

// plainHostPort reports whether a URL names a host, or an address, and maybe a port.
func plainHostPort(u *url.URL) bool {
	addr, err := netip.ParseAddr(u.Hostname())
	if err != nil && !plainHost.MatchString(u.Hostname()) || addr.Zone() != "" {
		return false
	}
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0 && net.JoinHostPort(u.Hostname(), u.Port()) == u.Host
}

func (d *RegionDraft) bucketProblem() Message {
	switch {
	case d.Bucket == "":
		return M("region.bucket_required")
	case !bucketName.MatchString(d.Bucket):
		return M("region.bucket_form")
	}
	return Message{}
}

func (d *RegionDraft) prefixProblem() Message {
	if d.Prefix == "" {
		return Message{}
	}
	if utf8.RuneCountInString(d.Prefix) > maxFolder || !plainPath(strings.TrimSuffix(d.Prefix, "/")) {
		return M("region.prefix_form", "max", maxFolder)
	}
	return Message{}
}

// plainPath reports whether a text is the path of an object or a folder: parts with
// slashes between them, none of which is empty or stands for another one.
func plainPath(text string) bool {
	if !graphic(text) || strings.Contains(text, `\`) {
		return false
	}
	for part := range strings.SplitSeq(text, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

func (d *RegionDraft) signingProblem() Message {
	if !regionName.MatchString(d.Signing) {
		return M("region.signing_form")
	}
	return Message{}
}

func (d *RegionDraft) accessKeyProblem() Message {
	switch {
	case d.AccessKey == "":
		return M("region.access_key_required")
	case len(d.AccessKey) > maxAccessKey || !keyText(d.AccessKey):
		return M("region.access_key_form", "max", maxAccessKey)
	}
	return Message{}
}

// keyText reports whether a text can be half of a key: characters that can be seen
// and stand in a header.
func keyText(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c >= 0x7f })
}

// secretProblem asks for the secret again when it would sign in somebody else, or
// somewhere else (S11).
func (d *RegionDraft) secretProblem(stored *Region) Message {
	text := d.Secret.Reveal()
	switch {
	case text == "" && (stored == nil || !stored.Secret):
		return M("region.secret_required")
	case text == "" && !d.sameDoor(stored):
		return M("region.secret_again")
	case text == "":
		return Message{}
	case masks.MatchString(text):
		return M("region.secret_mask")
	case len(text) > maxSecretKey || !keyText(text):
		return M("region.secret_form", "max", maxSecretKey)
	}
	return Message{}
}

// sameDoor reports whether the secret of a region would sign in where it does.
func (d *RegionDraft) sameDoor(stored *Region) bool {
	return stored.Kind == d.Kind && plainEndpoint(stored.Endpoint) == d.Endpoint && stored.Bucket == d.Bucket && stored.AccessKey == d.AccessKey
}

func (d *RegionDraft) bandwidthProblem() Message {
	if d.Bandwidth == "" {
		return Message{}
	}
	n, err := strconv.ParseInt(d.Bandwidth, 10, 64)
	if err != nil || n < 1 || n > maxBandwidth {
		return M("region.bandwidth_form", "max", Grouped(maxBandwidth))
	}
	return Message{}
}

// Moves returns the path of the input by which a complete draft would keep objects
// elsewhere than the region that it edits; "" if they stay where they are.
func (d *RegionDraft) Moves(stored *Region) string {
	for _, changed := range []struct {
		path string
		is   bool
	}{
		{"kind", d.Kind != stored.Kind},
		{"folder", d.Folder != stored.Folder},
		{"endpoint", d.Endpoint != plainEndpoint(stored.Endpoint)},
		{"bucket", d.Bucket != stored.Bucket},
		{"prefix", d.Prefix != stored.Prefix},
	} {
		if changed.is {
			return changed.path
		}
	}
	return ""
}

// Meets returns the path of the input by which the objects of a complete draft
// would be among those of a region, or the other way round; "" if they would not.
func (d *RegionDraft) Meets(r *Region) string {
	switch {
	case d.Kind != r.Kind:
		return ""
	case d.Kind == StoreFolder && within(d.Folder, r.Folder, string(filepath.Separator)):
		return "folder"
	case d.Kind == StoreS3 && d.Endpoint == plainEndpoint(r.Endpoint) && d.Bucket == r.Bucket && (strings.HasPrefix(d.Prefix, r.Prefix) || strings.HasPrefix(r.Prefix, d.Prefix)):
		return "bucket"
	}
	return ""
}

// within reports whether one of two paths is the other, or lies below it.
func within(a, b, separator string) bool {
	return a == b || strings.HasPrefix(a, strings.TrimSuffix(b, separator)+separator) || strings.HasPrefix(b, strings.TrimSuffix(a, separator)+separator)
}
