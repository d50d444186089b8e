//! The rules on amounts, as constants.

use crate::judgement::rules;

rules! {
    TOKEN_PROFILES_MANY = "ADE-L001" Error
        "a token has at most as many enrollment profiles as the MDM allows"
        why "the limit is the MDM's own, 1000 at Intune; Apple counts no profiles"
        from ["LIM-1"];
    PROFILE_DEVICES_MANY = "ADE-L002" Error
        "a profile has at most as many devices as the MDM allows"
        why "the limit is the MDM's own, 200,000 at Intune, which is as many as a token should have"
        from ["LIM-2"];
    ACCOUNT_TOKENS_MANY = "ADE-L003" Error
        "an account has at most as many server tokens as the MDM allows"
        why "the limit is the MDM's own, 2000 at Intune"
        from ["LIM-3"];
    TOKEN_DEVICES_MANY = "ADE-L004" Warning
        "a token has no more devices than are recommended"
        why "Apple delivers some 3000 devices a minute to a token, so a full sync of 200,000 takes more than an hour; it works with more"
        from ["LIM-4", "LIM-7", "X-15"];
    TOKEN_DEVICES_CAP = "ADE-L005" Error
        "a token has no more devices than the MDM was told to allow"
        why "the limit on devices is a hard one here, which it is by choice alone"
        from ["LIM-4", "X-15"];
    SELECTION_MANY = "ADE-L006" Warning
        "no more devices are selected at a time than go into a request"
        why "Apple advises at most 1000 devices for each request"
        from ["LIM-6", "ASG-4", "https://developer.apple.com/documentation/devicemanagement/assign-profile"];
}
