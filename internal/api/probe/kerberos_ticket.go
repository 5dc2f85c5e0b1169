package probe

import (
	"crypto/rand"
	"errors"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// getTicket gets a ticket-granting ticket with one of the keys (RFC 4120
// §3.1) and says for what and until when. The client of the library that has
// the messages dials by itself, so the exchange is ours.
func getTicket(who principal, keys []kerberosKey, ask func([]byte) ([]byte, error)) (string, error) {
	request, err := newTicketRequest(who, keys)
	if err != nil {
		return "", err
	}
	reply, err := sendTicketRequest(request, ask)
	if e, ok := errors.AsType[messages.KRBError](err); ok && e.ErrorCode == errorcode.KDC_ERR_PREAUTH_REQUIRED {
		with, ok := offered(keys, e.EData)
		if !ok {
			return "", fault("kerberos.enctype", pathKeytab)
		}
		if err := prove(request, with); err != nil {
			return "", err
		}
		reply, err = sendTicketRequest(request, ask)
	}
	if e, ok := errors.AsType[messages.KRBError](err); ok {
		return "", kdcFailure(e)
	}
	if err != nil {
		return "", err
	}
	return openTicket(request, reply, keys)
}

func newTicketRequest(who principal, keys []kerberosKey) (*messages.ASReq, error) {
	nonce, err := rand.Int(rand.Reader, big.NewInt(math.MaxInt32))
	if err != nil {
		return nil, err
	}
	var kinds []int32
	for _, k := range keys {
		kinds = append(kinds, k.kind)
	}
	kinds = append(kinds, aesKinds...) // for the session's key, which need not be of the same kind
	return &messages.ASReq{KDCReqFields: messages.KDCReqFields{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_AS_REQ,
		ReqBody: messages.KDCReqBody{
			KDCOptions: types.NewKrbFlags(), Realm: who.realm,
			CName: types.PrincipalName{NameType: nametype.KRB_NT_PRINCIPAL, NameString: who.components},
			SName: types.PrincipalName{NameType: nametype.KRB_NT_SRV_INST, NameString: []string{"krbtgt", who.realm}},
			Till:  time.Now().UTC().Add(time.Hour), Nonce: int(nonce.Int64()), EType: kinds,
		},
	}}, nil
}

func sendTicketRequest(request *messages.ASReq, ask func([]byte) ([]byte, error)) (*messages.ASRep, error) {
	message, err := request.Marshal()
	if err != nil {
		return nil, err
	}
	answer, err := ask(message)
	if err != nil {
		return nil, err
	}
	var reply messages.ASRep
	return &reply, reply.Unmarshal(answer) // which tells an error of the KDC by its type
}

// prove adds the time, encrypted with the key, to a request: who can do that
// has the key (RFC 4120 §5.2.7.2).
func prove(request *messages.ASReq, with kerberosKey) error {
	now, err := types.GetPAEncTSEncAsnMarshalled()
	if err != nil {
		return err
	}
	sealed, err := crypto.GetEncryptedData(now, with.value, keyusage.AS_REQ_PA_ENC_TIMESTAMP, int(with.version))
	if err != nil {
		return err
	}
	proof, err := sealed.Marshal()
	request.PAData = types.PADataSequence{{PADataType: patype.PA_ENC_TIMESTAMP, PADataValue: proof}}
	return err
}

// offered returns the first key of a kind that the KDC has one of, too. If it
// does not say which those are, any key will do.
func offered(keys []kerberosKey, hints []byte) (with kerberosKey, ok bool) {
	var data types.PADataSequence
	_ = data.Unmarshal(hints)
	said := false
	for _, d := range data {
		if d.PADataType != patype.PA_ETYPE_INFO2 {
			continue
		}
		infos, _ := d.GetETypeInfo2()
		for _, info := range infos {
			said = true
			if i := ofKind(keys, info.EType); i >= 0 {
				return keys[i], true
			}
		}
	}
	return keys[0], !said
}

func ofKind(keys []kerberosKey, kind int32) int {
	return slices.IndexFunc(keys, func(k kerberosKey) bool { return k.kind == kind })
}

// leastSealed is less than the encrypted part of any ticket has, in bytes, and
// more than the library needs to decrypt without looking.
const leastSealed = 64

// openTicket makes sure that a ticket is for whoever has the key.
func openTicket(request *messages.ASReq, reply *messages.ASRep, keys []kerberosKey) (string, error) {
	i := ofKind(keys, reply.EncPart.EType)
	if i < 0 || len(reply.EncPart.Cipher) < leastSealed {
		return "", errors.New("the KDC answers with a ticket that was not asked for")
	}
	sealed, err := crypto.DecryptEncPart(reply.EncPart, keys[i].value, keyusage.AS_REP_ENCPART)
	var part messages.EncKDCRepPart
	if err == nil {
		err = part.Unmarshal(sealed)
	}
	if err != nil || part.Nonce != request.ReqBody.Nonce {
		return "", fault("kerberos.old_key", pathKeytab)
	}
	return part.SName.PrincipalNameString() + ", " + part.EndTime.Format(time.RFC3339), nil
}

// kdcFaults are the errors of KDCs by their numbers (RFC 4120 §7.5.9).
var kdcFaults = map[int32]*failure{
	errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN: fault("kerberos.unknown_principal", pathPrincipal),
	errorcode.KDC_ERR_NAME_EXP:            fault("kerberos.locked", pathPrincipal),
	errorcode.KDC_ERR_CLIENT_REVOKED:      fault("kerberos.locked", pathPrincipal),
	errorcode.KDC_ERR_KEY_EXPIRED:         fault("kerberos.locked", pathPrincipal),
	errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN: fault("kerberos.wrong_realm", pathPrincipal),
	errorcode.KDC_ERR_WRONG_REALM:         fault("kerberos.wrong_realm", pathPrincipal),
	errorcode.KDC_ERR_PREAUTH_FAILED:      fault("kerberos.old_key", pathKeytab),
	errorcode.KDC_ERR_ETYPE_NOSUPP:        fault("kerberos.enctype", pathKeytab),
	errorcode.KRB_AP_ERR_SKEW:             fault("kerberos.clock_skew", ""),
}

func kdcFailure(err messages.KRBError) *failure {
	if f := kdcFaults[err.ErrorCode]; f != nil {
		return f.because(err)
	}
	return fault("kerberos.refused", pathPrincipal).because(err)
}
