package probe

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kversion"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

// The inputs of kafka-connector and dms-kafka-connector that checks read,
// besides the password. Source: spec/links.md §2.12, §2.18.
const (
	pathKafkaType       = "linkConfig.hadoopType"
	pathKafkaBrokers    = "linkConfig.brokerList"
	pathKafkaProperties = "linkConfig.properties"
	pathDMSType         = "linkConfig.kafkaType"
	pathDMSSecure       = "linkConfig.isPlatinumInstance" // misnamed: SASL_SSL
	pathDMSUser         = "linkConfig.user"
	pathDMSEndpoint     = "linkConfig.endpoint"
)

// kafkaSystem is Apache Kafka. The link has no user: what its properties say
// of security is checked as far as that goes.
var kafkaSystem = &system{
	connector: "kafka-connector",
	when:      func(in inputs) bool { return in.is(pathKafkaType, "", "Apache Kafka") },
	protocol:  "Kafka",
	plan: func(in inputs) []api.StepName {
		way, _ := kafkaProperties(in)
		return way.plan()
	},
	check: func(ctx context.Context, a *attempt) error {
		way, err := kafkaProperties(a.in)
		if err != nil {
			return err
		}
		return a.checkKafka(ctx, way)
	},
}

// dmsSystem is DMS for Kafka as it is offered today.
var dmsSystem = &system{
	connector: "dms-kafka-connector",
	when:      func(in inputs) bool { return in.is(pathDMSType, "Platinum") },
	protocol:  "Kafka",
	plan:      func(in inputs) []api.StepName { return dmsWay(in).plan() },
	check:     func(ctx context.Context, a *attempt) error { return a.checkKafka(ctx, dmsWay(a.in)) },
}

// kafkaWay is how a link connects to brokers, and the input that says so.
type kafkaWay struct {
	tls, sasl bool
	mechanism string // that the client will use; if empty, the best that the broker offers
	user      string // path of the input; if empty, the link cannot sign in
	path      string
}

func dmsWay(in inputs) kafkaWay {
	secure := in.flag(pathDMSSecure)
	return kafkaWay{tls: secure, sasl: secure, user: pathDMSUser, path: pathDMSSecure}
}

// kafkaProperties reads the two properties that matter here; no other is
// looked at, and none reaches a driver (S10).
func kafkaProperties(in inputs) (kafkaWay, error) {
	way := kafkaWay{path: pathKafkaProperties}
	if in.text(pathKafkaProperties) == "" {
		return way, nil
	}
	properties, ok := connector.ReadMap(in.text(pathKafkaProperties))
	way.mechanism = strings.ToUpper(strings.TrimSpace(properties["sasl.mechanism"]))
	if way.mechanism == "" {
		way.mechanism = "GSSAPI" // Kafka's default
	}
	switch strings.ToUpper(strings.TrimSpace(properties["security.protocol"])) {
	case "", "PLAINTEXT":
	case "SSL":
		way.tls = true
	case "SASL_PLAINTEXT":
		way.sasl = true
	case "SASL_SSL":
		way.tls, way.sasl = true, true
	default:
		ok = false
	}
	if !ok || !plain(way.mechanism) {
		return way, fault("input", pathKafkaProperties)
	}
	return way, nil
}

func (w kafkaWay) plan() []api.StepName {
	plan := []api.StepName{api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn,
		api.StepCluster, api.StepRead, api.StepVersion}
	return slices.DeleteFunc(plan, func(name api.StepName) bool {
		switch name {
		case api.StepTLS:
			return !w.tls
		case api.StepSignIn:
			return !w.sasl
		case api.StepCluster, api.StepRead:
			return w.sasl && w.user == ""
		}
		return false
	})
}

func (a *attempt) checkKafka(ctx context.Context, way kafkaWay) error {
	ats, err := a.endpointsOf(pathKafkaBrokers)
	if err != nil {
		return err
	}
	conn, err := a.dialAny(ctx, ats)
	if err != nil {
		return err
	}
	if way.tls {
		if conn, err = a.secure(ctx, conn, way.path); err != nil {
			return err
		}
	}
	a.enter(api.StepHandshake)
	c, versions, err := a.kafkaGreeting(ctx, conn)
	if err != nil {
		return kafkaStranger(err, way)
	}
	if way.sasl {
		a.enter(api.StepSignIn)
		if c, err = a.kafkaSignIn(ctx, c, way); err != nil {
			return kafkaFailure(err)
		}
	}
	if !way.sasl || way.user != "" {
		if err := a.kafkaCluster(ctx, c, way); err != nil {
			return kafkaFailure(err)
		}
	}
	a.enter(api.StepVersion)
	a.found(kversion.FromApiVersionsResponse(versions).VersionGuess())
	return nil
}

// kafkaStranger explains why a broker was not recognised. Brokers say little
// to clients that come without TLS where it is needed, or hang up.
func kafkaStranger(err error, way kafkaWay) error {
	if f, ok := errors.AsType[*failure](err); ok && !way.tls {
		switch f.name {
		case "peer.tls":
			return fault("kafka.tls_wanted", way.path)
		case "peer.closed":
			return fault("kafka.closed", pathKafkaBrokers)
		}
	}
	return kafkaFailure(err)
}

// kafkaFailure explains an error of the broker.
func kafkaFailure(err error) error {
	if errors.Is(err, errKafka) || errors.Is(err, errScram) {
		return fault("peer.garbled", pathKafkaBrokers)
	}
	return err
}
