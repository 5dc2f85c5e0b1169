package probe

import (
	"context"

	"switchboard/internal/api"
)

// messagingSystems are those of Kafka. Where MRS manages one, its Manager is
// checked instead.
var messagingSystems = []*system{
	kafkaSystem,
	dmsSystem,
	dmsBasicSystem,
}

// dmsBasicSystem is DMS for Kafka as it was offered before. Clients sign in to
// it with access keys by a method of its own, so the check says that there is
// an endpoint, and not more.
var dmsBasicSystem = &system{
	connector: "dms-kafka-connector",
	when:      func(in inputs) bool { return in.is(pathDMSType, "Basic") },
	protocol:  "Kafka",
	plan: func(inputs) []api.StepName {
		return []api.StepName{api.StepResolve, api.StepConnect, api.StepSignIn}
	},
	check: func(ctx context.Context, a *attempt) error {
		at, err := readEndpoint(a.in.text(pathDMSEndpoint), pathDMSEndpoint)
		if err != nil {
			return err
		}
		if _, err := a.dial(ctx, at); err != nil {
			return err
		}
		a.enter(api.StepSignIn)
		a.warn(fault("kafka.basic_unchecked", ""))
		return nil
	},
}
