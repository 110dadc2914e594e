from allauth.account.auth_backends import AuthenticationBackend

from users.models import CustomUser


class AccountBackend(AuthenticationBackend):
    """Signs in by name or address, and knows who asks together with their profile, which every page needs."""

    def get_user(self, user_id: int) -> CustomUser | None:
        try:
            user = CustomUser.objects.select_related("profile").get(pk=user_id)
        except CustomUser.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None
