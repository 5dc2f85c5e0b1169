package api

import "switchboard/internal/api/routing"

// RouteWords says in sentences what a route will do with requests, the case
// in which no rule matches included.
func RouteWords(route *routing.Route) []Message { return nil }

// DecisionWords says why a request got its version: first what decided, then
// rule by rule.
func DecisionWords(route *routing.Route, d routing.Decision) []Message { return nil }

// FindingWords says what is wrong with a rule.
func FindingWords(route *routing.Route, f routing.Finding) Message { return Message{} }
