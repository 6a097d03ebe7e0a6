// The part of libsrtp 3's API that the mediasoup worker calls, on top of libsrtp 2.
//
// Version 3 makes the policy an opaque object and gives every packet call an input and an output
// buffer; version 2 has a plain struct and works in place. The functions below are C++ overloads of
// the C functions of version 2, so that both can live under one name.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// Version 3 uses this name for the opaque policy.
#define srtp_policy_t srtp2_policy_t
#include <srtp2/srtp.h>
#undef srtp_policy_t

struct SrtpPolicy
{
	srtp_ssrc_t ssrc{ ssrc_undefined, 0 };
	srtp_profile_t profile{ srtp_profile_reserved };
	std::array<uint8_t, SRTP_MAX_KEY_LEN> key{};
	size_t keyLen{ 0 };
	size_t windowSize{ 128 };
	bool allowRepeatTx{ false };
};

using srtp_policy_t = SrtpPolicy*;

// Error codes that version 2 does not have, with version 3's numbers.
inline constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
inline constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	*policy = new (std::nothrow) SrtpPolicy();

	return *policy ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	if (policy)
	{
		// The key must not stay readable in freed memory.
		auto* bytes = static_cast<volatile uint8_t*>(policy->key.data());

		for (size_t i{ 0 }; i < policy->key.size(); ++i)
		{
			bytes[i] = 0;
		}
	}

	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	policy->profile = profile;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* /*mki*/,
  size_t mkiLen)
{
	// One key without an identifier is all that DTLS-SRTP needs here.
	if (mkiLen != 0 || policy->keyLen != 0 || keyLen + saltLen > policy->key.size())
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(policy->key.data(), key, keyLen);
	std::memcpy(policy->key.data() + keyLen, salt, saltLen);
	policy->keyLen = keyLen + saltLen;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
	policy->allowRepeatTx = allow;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t windowSize)
{
	policy->windowSize = windowSize;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	if (!policy || policy->keyLen == 0)
	{
		return srtp_err_status_bad_param;
	}

	srtp2_policy_t inner{};

	srtp_err_status_t err = srtp_crypto_policy_set_from_profile_for_rtp(&inner.rtp, policy->profile);

	if (err != srtp_err_status_ok)
	{
		return err;
	}

	err = srtp_crypto_policy_set_from_profile_for_rtcp(&inner.rtcp, policy->profile);

	if (err != srtp_err_status_ok)
	{
		return err;
	}

	// srtp_create() of version 2 reads as many bytes as the cipher needs, whatever it is given.
	if (policy->keyLen < static_cast<size_t>(inner.rtp.cipher_key_len))
	{
		return srtp_err_status_bad_param;
	}

	inner.ssrc            = policy->ssrc;
	inner.key             = policy->key.data();
	inner.window_size     = policy->windowSize;
	inner.allow_repeat_tx = policy->allowRepeatTx ? 1 : 0;
	inner.next            = nullptr;

	return srtp_create(session, static_cast<const srtp2_policy_t*>(&inner));
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrcInNetworkOrder)
{
	return srtp_remove_stream(session, ssrcInNetworkOrder);
}

namespace srtp3on2
{
	using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

	// Copies the packet to the output buffer, unless it is there already, and transforms it in place.
	// `growth` is the room that the transformation may need behind the packet.
	inline srtp_err_status_t transform(
	  InPlace inPlace, srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t growth)
	{
		if (inLen + growth > *outLen)
		{
			return srtp_err_status_buffer_small;
		}

		if (in != out)
		{
			std::memmove(out, in, inLen);
		}

		int len                     = static_cast<int>(inLen);
		const srtp_err_status_t err = inPlace(session, out, &len);

		if (err == srtp_err_status_ok)
		{
			*outLen = static_cast<size_t>(len);
		}

		return err;
	}
} // namespace srtp3on2

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t /*mkiIndex*/)
{
	return srtp3on2::transform(
	  static_cast<srtp3on2::InPlace>(srtp_protect), session, in, inLen, out, outLen, SRTP_MAX_TRAILER_LEN);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen)
{
	return srtp3on2::transform(
	  static_cast<srtp3on2::InPlace>(srtp_unprotect), session, in, inLen, out, outLen, 0);
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t /*mkiIndex*/)
{
	// SRTCP carries a 4-byte packet index besides the trailer.
	return srtp3on2::transform(
	  static_cast<srtp3on2::InPlace>(srtp_protect_rtcp),
	  session,
	  in,
	  inLen,
	  out,
	  outLen,
	  SRTP_MAX_TRAILER_LEN + sizeof(uint32_t));
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen)
{
	return srtp3on2::transform(
	  static_cast<srtp3on2::InPlace>(srtp_unprotect_rtcp), session, in, inLen, out, outLen, 0);
}
