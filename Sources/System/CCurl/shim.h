#pragma once
#include <curl/curl.h>
#include <stdint.h>

// libcurl's setters take variable arguments, which Swift cannot call.
static inline CURLcode quetzal_curl_set_long(CURL *handle, CURLoption option, long value) { return curl_easy_setopt(handle, option, value); }
static inline CURLcode quetzal_curl_set_offset(CURL *handle, CURLoption option, int64_t value) { return curl_easy_setopt(handle, option, (curl_off_t)value); }
static inline CURLcode quetzal_curl_set_string(CURL *handle, CURLoption option, const char *value) { return curl_easy_setopt(handle, option, value); }
static inline CURLcode quetzal_curl_set_pointer(CURL *handle, CURLoption option, const void *value) { return curl_easy_setopt(handle, option, value); }
static inline CURLcode quetzal_curl_set_data_function(CURL *handle, CURLoption option, size_t (*function)(char *, size_t, size_t, void *)) { return curl_easy_setopt(handle, option, function); }
static inline CURLcode quetzal_curl_get_long(CURL *handle, CURLINFO info, long *value) { return curl_easy_getinfo(handle, info, value); }
static inline CURLcode quetzal_curl_get_private(CURL *handle, void **value) { return curl_easy_getinfo(handle, CURLINFO_PRIVATE, (char **)value); }
static inline CURLMcode quetzal_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) { return curl_multi_setopt(multi, option, value); }
static inline CURLMcode quetzal_curl_multi_set_pointer(CURLM *multi, CURLMoption option, const void *value) { return curl_multi_setopt(multi, option, value); }
static inline CURLMcode quetzal_curl_multi_set_socket_function(CURLM *multi, int (*function)(CURL *, curl_socket_t, int, void *, void *)) { return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, function); }
static inline CURLMcode quetzal_curl_multi_set_timer_function(CURLM *multi, int (*function)(CURLM *, long, void *)) { return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, function); }
static inline void *quetzal_curl_message_result(const CURLMsg *message, CURLcode *result) { *result = message->data.result; return message->easy_handle; }
