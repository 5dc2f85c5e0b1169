// Package connector describes every kind of system that a link can reach, as
// data: what must be known of it, how each input is called in both languages,
// when it applies and what it may contain. Forms, validation, secrets, import
// and documentation derive from it. One file per connector, one explicit list.
package connector

// Connector is a kind of system. Source: spec/links.md §2.
type Connector struct {
	Name    string // the wire's connector-name
	Label   Text
	Help    Text
	Inputs  []Input // in form order
	Variant string  // path of the input that tells the variants apart, or ""
	Tiles   []Tile
}

// Tile is what the picker offers: a connector with its variant chosen, under
// the name people know. A connector without variants has one tile.
type Tile struct {
	Slug  string // unique in the catalogue, used in URLs: "mysql"
	Label Text
	Group Group
	Value string // of the variant input, "" without variants
}

// Input is one setting of a connector.
type Input struct {
	Name  string // full path: "linkConfig.host"
	Label Text
	Help  Text // one sentence, may be empty
	Kind  Kind
	// Required means: must be set wherever the input applies. A default does
	// not satisfy it: forms fill defaults in, other callers must say.
	Required bool
	// Instead names an input that, where it applies and is set, satisfies
	// Required in this one's place.
	Instead string
	// When says where the input applies: where all terms hold. Terms name
	// inputs that stand before this one.
	When []Term
	// Secret inputs are write-only.
	Secret bool
	// Endpoint inputs say where the credentials are sent and for whom; when
	// one changes, stored secrets must be typed again (S11).
	Endpoint  bool
	Advanced  bool // shown under "advanced"
	Default   string
	Defaults  []Default // the default where another input has a value, before Default
	Example   string    // placeholder, never submitted
	Choices   []Choice  // Kind Enum
	MaxLen    int       // characters; if 0, DefaultMaxLen (Map and File have room of their own)
	Min, Max  int       // Kind Int; Max 0 means no bound beyond int32
	Separator string    // Kind HostList: what joins the canonical list; Kind URI: a list is allowed
	Schemes   []string  // Kind URI: the schemes it may have, in lower case
	Keys      []Key     // Kind Map: the entries it may have, the most useful first
}

// Default is a default value that depends on another input.
type Default struct {
	When  Term
	Value string
}

// Term holds when the input has one of the values, compared without case; with
// Not, when it has none of them. What counts is Connector.Value: an input that
// does not apply has no value.
type Term struct {
	Input string
	In    []string
	Not   bool
}

// is holds when the input has one of the values.
func is(input string, values ...string) Term { return Term{Input: input, In: values} }

// not holds when the term does not.
func not(t Term) Term {
	t.Not = !t.Not
	return t
}

// Choice is a value of an Enum input.
type Choice struct {
	Value string
	Label Text // the value itself if empty
}

// Kind is what an input contains, and so which field edits it and which
// grammar it must obey.
type Kind string

// The kinds.
const (
	String   Kind = "string"    // one line of text
	Name     Kind = "name"      // a database, user or instance name: none of notInNames (S9)
	Host     Kind = "host"      // a DNS name or an IP address
	Port     Kind = "port"      // 1…65535
	HostPort Kind = "host_port" // host:port
	HostList Kind = "host_list" // host:port separated by comma or semicolon
	URI      Kind = "uri"       // [scheme://]host[:port][/path], or a list of them
	Share    Kind = "share"     // a network share: \\host\share, //host/share or host:/path
	Int      Kind = "int"
	Bool     Kind = "bool"
	Enum     Kind = "enum"
	Map      Kind = "map"      // text to text, as a JSON object
	File     Kind = "file"     // base64 of a small file (a keytab)
	Password Kind = "password" // one line of text that is never shown
)

// Group is a section of the picker.
type Group string

// The groups, in the order the picker shows them.
const (
	Relational    Group = "relational"
	Warehouse     Group = "warehouse"
	ObjectStorage Group = "object_storage"
	FileSystem    Group = "file_system"
	Hadoop        Group = "hadoop"
	NoSQL         Group = "nosql"
	Messaging     Group = "messaging"
	SearchEngine  Group = "search"
)

// Groups lists the groups in order.
var Groups = []Group{Relational, Warehouse, ObjectStorage, FileSystem, Hadoop, NoSQL, Messaging, SearchEngine}

// Text is a text in the two languages of the console.
type Text struct{ EN, ZH string }

// In returns the text in a language ("en" or "zh").
func (t Text) In(lang string) string {
	if lang == "zh" {
		return t.ZH
	}
	return t.EN
}

// IsZero reports whether there is no text.
func (t Text) IsZero() bool { return t == Text{} }

// both is a Text that is the same in both languages: product names.
func both(s string) Text { return Text{s, s} }
