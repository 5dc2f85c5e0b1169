package compare

import (
	"net/url"
	"strings"

	"switchboard/internal/api"
)

// Key is what people know a thing by.
type Key struct {
	Kind api.Kind
	// Of is what the name is one of: of a link its cluster, of a function its package, of
	// an alias its function (package:name), of an entry its service; empty for the others.
	Of, Name string
}

// Text names the key in a form.
func (k Key) Text() string {
	return string(k.Kind) + "/" + url.PathEscape(k.Of) + "/" + url.PathEscape(k.Name)
}

// ParseKey reads what Text wrote. It reports whether that is a key of one of Kinds.
func ParseKey(text string) (Key, bool) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 || kindOf(api.Kind(parts[0])) == nil {
		return Key{}, false
	}
	of, wrong := url.PathUnescape(parts[1])
	name, wrongToo := url.PathUnescape(parts[2])
	return Key{api.Kind(parts[0]), of, name}, wrong == nil && wrongToo == nil && name != ""
}

// function is the package and the name that an alias's key names.
func (k Key) function() (pkg, name string) {
	pkg, name, _ = strings.Cut(k.Of, ":")
	return pkg, name
}

// functionKey is the function of an alias.
func (k Key) functionKey() Key {
	pkg, name := k.function()
	return Key{api.KindFunction, pkg, name}
}

// contains reports whether the name, or that of what it is a part of, contains a text.
func (k Key) contains(text string) bool {
	text = strings.ToLower(text)
	part := k.Kind == api.KindAlias || k.Kind == api.KindPermission
	return strings.Contains(strings.ToLower(k.Name), text) || part && strings.Contains(strings.ToLower(k.Of), text)
}
