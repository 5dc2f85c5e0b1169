package wire

import (
	"maps"
	"math"
	"net/http"

	"switchboard/internal/api"
)

// described is what the document says of an operation beside where it is.
type described struct {
	// Query and Header are what it can be asked with, beside its path.
	Query, Header []parameter
	// Body is a value like that which is decoded; nil for none.
	Body any
	// Needs are the keys that the body has at least.
	Needs []string
	// Optional says that the body may be left out.
	Optional bool
	// Example is a body, as JSON.
	Example string
	// Status is that of success; http.StatusOK if it is 0.
	Status int
	// Answer is a value like that which is encoded; nil for none.
	Answer any
	// Type is that of an answer that is not JSON.
	Type string
	// Removes says that something ends by it, so that people are asked first.
	Removes bool
}

// parameter is a key of the query, or a header.
type parameter struct {
	Name     string
	Schema   schema
	Required bool
}

// documentation is what the document says of every operation, by its id.
func documentation() map[string]described {
	all := map[string]described{}
	for _, part := range []map[string]described{
		describedIAM(), describedLinks(), describedConnections(), describedFunctions(), describedAliases(), describedServices(),
		describedBackups(), describedReplications(), describedRequests(),
	} {
		maps.Copy(all, part)
	}
	return all
}

func text(name string) parameter { return parameter{Name: name, Schema: schema{"type": "string"}} }

// short is a text of so many characters at most.
func short(name string, most int) parameter {
	return parameter{Name: name, Schema: schema{"type": "string", "maxLength": most}}
}

func whole(name string, least, most int64) parameter {
	return parameter{Name: name, Schema: schema{"type": "integer", "format": "int64", "minimum": least, "maximum": most}}
}

// index is a number from 0 on.
func index(name string) parameter { return whole(name, 0, math.MaxInt32) }

func flag(name string) parameter { return parameter{Name: name, Schema: schema{"type": "boolean"}} }

// timeOf is a time in one of timeForms.
func timeOf(name string) parameter {
	return parameter{Name: name, Schema: schema{"type": "string", "format": "date-time"}}
}

// choice is one of some words; an empty one stands for none.
func choice(name string, words ...string) parameter {
	if words[0] == "" {
		words = words[1:]
	}
	return parameter{Name: name, Schema: schema{"type": "string", "enum": words}}
}

// subject is the token that a call of IAM is about, which is a secret.
func subject() parameter {
	return parameter{Name: headerSubject, Schema: schema{"type": "string", "format": "password"}, Required: true}
}

// paged are what lists with cursors can be asked for.
func paged(more ...parameter) []parameter {
	return append(more, whole("limit", 1, api.MaxPage), text("cursor"))
}

// settled is what answers with nothing.
func settled(body any, needs ...string) described {
	return described{Body: body, Needs: needs, Status: http.StatusNoContent}
}

// listOf is the answer of a list with cursors.
func listOf(name string, items any) keys { return keys{name: items, "next?": ""} }
