package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/growthbook/growthbook-golang"
	"github.com/launchdarkly/go-sdk-common/v3/ldcontext"
	"github.com/launchdarkly/go-sdk-common/v3/ldvalue"
	ldevaluation "github.com/launchdarkly/go-server-sdk-evaluation/v3"
	"github.com/launchdarkly/go-server-sdk-evaluation/v3/ldbuilders"
	"github.com/launchdarkly/go-server-sdk-evaluation/v3/ldmodel"

	"switchboard/internal/api/routing"
)

// launchDarkly is the evaluator of LaunchDarkly's server SDK: a flag with a
// rule of many clauses, or a rule for each, or a rollout by key.
func launchDarkly(route *routing.Route) (evaluator, error) {
	const main, additional = 0, 1
	flag := ldbuilders.NewFlagBuilder("alias").On(true).Salt(route.Salt).
		Variations(ldvalue.String(route.Main), ldvalue.String(route.Additional)).FallthroughVariation(main)
	var clauses []ldmodel.Clause
	for _, r := range route.Rules {
		var values []ldvalue.Value
		for _, item := range routing.Items(r.Value) {
			values = append(values, ldvalue.String(item))
		}
		clauses = append(clauses, ldbuilders.Clause(r.Param, ldmodel.OperatorIn, values...))
	}
	switch {
	case len(clauses) == 0:
		const whole = 1000 // of a percent
		flag.Fallthrough(ldbuilders.Rollout(ldbuilders.Bucket(main, (100-route.Weight)*whole), ldbuilders.Bucket(additional, route.Weight*whole)))
	case route.Any():
		for _, c := range clauses {
			flag.AddRule(ldbuilders.NewRuleBuilder().Variation(additional).Clauses(c))
		}
	default:
		flag.AddRule(ldbuilders.NewRuleBuilder().Variation(additional).Clauses(clauses...))
	}
	built, judge := flag.Build(), ldevaluation.NewEvaluator(nil)
	caller := func(h http.Header) ldcontext.Context {
		key := h.Get(route.Sticky.Param)
		if key == "" {
			key = "nobody"
		}
		builder := ldcontext.NewBuilder(key)
		for name, values := range h {
			builder.SetString(name, values[0])
		}
		return builder.Build()
	}
	decide := func(c ldcontext.Context) bool {
		return judge.Evaluate(&built, c, nil).Detail.VariationIndex.IntValue() == additional
	}
	return evaluator{
		name:        "LaunchDarkly",
		fromHeaders: func(h http.Header) func() bool { return func() bool { return decide(caller(h)) } },
		fromReady: func(h http.Header) func() bool {
			c := caller(h)
			return func() bool { return decide(c) }
		},
	}, nil
}

// growthBook is GrowthBook's SDK: a feature with a condition of many parts, or
// with a coverage by key.
func growthBook(route *routing.Route) (evaluator, error) {
	const feature, key = "alias", "key"
	rule := map[string]any{"force": route.Additional, "coverage": float64(route.Weight) / 100, "hashAttribute": key}
	if len(route.Rules) > 0 {
		var conditions []any
		for _, r := range route.Rules {
			conditions = append(conditions, map[string]any{r.Param: map[string]any{"$in": routing.Items(r.Value)}})
		}
		both := map[bool]string{false: "$and", true: "$or"}[route.Any()]
		rule = map[string]any{"force": route.Additional, "condition": map[string]any{both: conditions}}
	}
	text, err := json.Marshal(map[string]any{feature: map[string]any{"defaultValue": route.Main, "rules": []any{rule}}})
	if err != nil {
		return evaluator{}, err
	}
	client, err := growthbook.NewClient(context.Background(), growthbook.WithJsonFeatures(string(text)), growthbook.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return evaluator{}, err
	}
	caller := func(h http.Header) *growthbook.Client {
		attributes := growthbook.Attributes{key: h.Get(route.Sticky.Param)}
		for name, values := range h {
			attributes[name] = values[0]
		}
		of, err := client.WithAttributes(attributes)
		if err != nil { // then the answers differ, and the run ends
			return client
		}
		return of
	}
	decide := func(c *growthbook.Client) bool {
		return c.EvalFeature(context.Background(), feature).Value == route.Additional
	}
	return evaluator{
		name:        "GrowthBook",
		fromHeaders: func(h http.Header) func() bool { return func() bool { return decide(caller(h)) } },
		fromReady: func(h http.Header) func() bool {
			c := caller(h)
			return func() bool { return decide(c) }
		},
	}, nil
}
