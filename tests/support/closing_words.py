"""Sentences of our own, as pages of open and closed vacancies have them, in 28 languages."""

from __future__ import annotations

CLOSED = """
This assignment has been given to somebody else.
The vacancy has been suspended by the employer.
No further candidates are being considered for this role.
Closed – this listing ran until 3 November 2026.
已停止投递
Reageren op deze vacature kan helaas niet langer.
The posting is not visible any more.
You are viewing an archived vacancy.
Bewerbungen werden nicht mehr angenommen.
Rekrutacja dobiegła końca.
Táto ponuka už nie je aktuálna.
Тази обява вече не е активна.
Natječaj je zatvoren.
Skelbimas nebegalioja.
این آگهی منقضی شده است.
The application period is over.
This job is no longer available.
This position has been filled
That job ad has been taken down.
Recruitment for this post is now complete.
Sorry, this job has expired.
This role is now closed.
We're no longer accepting applications for this position.
No longer accepting applications
The job you are looking for is no longer open.
The position you requested could not be found.
This job posting was removed by the employer.
Oops! This listing has been unpublished
This vacancy has now closed. Thank you for your interest.
Applications for this role are closed.
Applications closed on 3 October 2026.
The application deadline for this job has passed.
The application window has closed.
Unfortunately this opportunity is currently on hold.
This requisition has been cancelled.
Hiring for this role has been paused.
We have filled this position, thank you!
You can no longer apply to this job.
It is no longer possible to apply.
This internship is closed to new applicants.
This job does not exist.
Closed
Status: Expired
Position filled
Job not found
Closed 12 days ago
Job closed by the employer
The employer has stopped accepting applications.
All positions for this role have been filled.
We've closed applications for this role.
This opening isn't accepting applications anymore.
The job posting you're looking for might have closed, or it has been removed.
This advert has come to an end.
We are no longer recruiting for this position.
Diese Stelle ist leider nicht mehr verfügbar.
Die Stelle wurde bereits besetzt.
Diese Stellenanzeige ist abgelaufen.
Die Ausschreibung ist beendet, Bewerbungen sind nicht mehr möglich.
Die Bewerbungsfrist ist abgelaufen.
Stellenangebot nicht mehr aktuell: Position vergeben. Die Position ist vergeben.
Cette offre n'est plus disponible.
Le poste a été pourvu.
Cette annonce a expiré.
Les candidatures sont closes.
Nous n’acceptons plus de candidatures.
L’offre d’emploi est clôturée.
Esta oferta ya no está disponible.
La vacante ha sido cubierta.
El anuncio ha caducado.
Ya no se aceptan postulaciones.
Convocatoria cerrada
Esta vaga não está mais disponível.
A vaga foi preenchida.
Inscrições encerradas
O processo seletivo foi encerrado.
Não estamos mais aceitando candidaturas.
Questo annuncio è scaduto.
La posizione è stata coperta.
L'offerta non è più attiva.
Le candidature sono chiuse.
Deze vacature is gesloten.
De functie is inmiddels vervuld.
Deze vacature is niet meer beschikbaar.
Solliciteren is niet meer mogelijk.
Ta oferta jest już nieaktualna.
Ogłoszenie wygasło.
Rekrutacja została zakończona.
Ta oferta pracy nie jest już dostępna.
Bu ilan yayından kaldırılmıştır.
İlanın süresi dolmuştur.
Bu pozisyon için başvurular kapanmıştır.
Bu iş ilanı artık yayında değil.
Tjänsten är tillsatt.
Annonsen är inte längre tillgänglig.
Ansökningstiden har gått ut.
Stillingen er besat.
Dette job er ikke længere tilgængeligt.
Ansøgningsfristen er udløbet.
Stillingen er ikke lenger tilgjengelig.
Søknadsfristen har gått ut.
Denne annonsen er utløpt.
Työpaikka ei ole enää avoinna.
Hakuaika on päättynyt.
Tämä ilmoitus on vanhentunut.
Tato pozice již není aktuální.
Nabídka práce byla uzavřena.
Pozice je již obsazena.
Ez az állás már nem elérhető.
A hirdetés lejárt.
A pozíciót betöltöttük.
Acest anunț a expirat.
Postul a fost ocupat.
Nu mai acceptăm aplicări.
Η θέση δεν είναι πλέον διαθέσιμη.
Η αγγελία έληξε.
Η θέση έχει καλυφθεί.
Вакансия закрыта.
Вакансия в архиве
Эта вакансия больше не актуальна.
Срок публикации вакансии истёк.
Вакансія закрита.
Ця вакансія більше не актуальна.
Оголошення знято з публікації. Оголошення в архіві.
この求人は掲載を終了しました。
募集は終了いたしました。
応募受付は締め切りました。
この求人は現在募集を停止しています。
该职位已关闭。
此岗位已停止招聘
职位不存在或已下线
此職缺已關閉
本职位已招满，不再接受申请。
채용이 마감되었습니다.
마감된 공고입니다.
이 공고는 더 이상 지원할 수 없습니다.
채용공고가 종료되었습니다.
هذه الوظيفة لم تعد متاحة.
تم إغلاق باب التقديم لهذه الوظيفة.
انتهت صلاحية هذا الإعلان.
המשרה אינה פעילה עוד.
המשרה נסגרה.
התפקיד אויש.
यह नौकरी अब उपलब्ध नहीं है।
इस पद के लिए आवेदन बंद हो गए हैं।
यह पद भर दिया गया है।
Lowongan ini sudah ditutup.
Lowongan ini tidak lagi menerima lamaran.
Iklan lowongan telah kedaluwarsa.
Tin tuyển dụng này đã hết hạn.
Vị trí này đã ngừng nhận hồ sơ.
Công việc này không còn tuyển nữa.
This role has been filled — thanks to everyone who applied!
Hey there, this job is gone. It has been filled or removed.
We are sorry, but this vacancy is closed now.
Applications are no longer being accepted for this vacancy.
This posting is no longer active
The position you are trying to reach has expired
Job expired
Unfortunately, this job posting has been removed
The job advertisement you requested is not available anymore.
This job offer has ended.
We have stopped accepting applications for this job.
This project has already been awarded and the role is closed.
You missed it: this opportunity has passed.
Recruiting for this role has now finished.
Thanks for your interest, but this position is already taken.
This ad is inactive.
Vacancy no longer exists
Application period ended
This campaign is now closed to applications.
Leider ist diese Position bereits vergeben.
Die Bewerbungsphase für diese Stelle ist abgeschlossen.
Das Stellenangebot existiert nicht mehr.
Diese Anzeige ist nicht mehr online.
Dieser Job ist leider schon weg.
Wir nehmen für diese Stelle keine Bewerbungen mehr entgegen.
Le recrutement pour ce poste est terminé.
L'annonce que vous cherchez n'est plus en ligne.
Ce poste n'est plus à pourvoir.
Offre expirée
La oferta ha expirado
Este proceso de selección está cerrado.
Oferta no disponible
La vacante ya fue cubierta.
Vaga encerrada
Esta oportunidade já foi preenchida.
Esta oferta de emprego expirou.
L'offerta di lavoro non è più disponibile.
Candidature chiuse
La selezione è terminata.
Helaas, deze vacature is al ingevuld.
De sluitingsdatum voor deze vacature is verstreken.
Oferta nieaktualna
Rekrutacja na to stanowisko została zamknięta.
Bu ilan artık aktif değil.
Başvuru süresi dolmuştur.
Den här tjänsten är inte längre sökbar.
Rekryteringen är avslutad.
Denne stilling er lukket for ansøgninger.
Jobopslaget er udløbet.
Søknadsfristen er utløpt.
Tehtävä on täytetty.
Platnost inzerátu vypršela.
Tato nabídka již není k dispozici.
Az álláshirdetés már nem aktív.
Anunțul nu mai este activ.
Postul nu mai este disponibil.
Η προκήρυξη έχει λήξει.
Набор на эту вакансию завершён.
К сожалению, вакансия уже закрыта.
Вакансія вже неактивна.
募集を終了しました
この求人の応募受付は終了しています
掲載期間が終了した求人です
职位已下线
该职位已过期
本職缺已停止徵才
채용 종료
접수가 마감되었습니다
이미 마감된 채용입니다.
انتهى التقديم على هذه الوظيفة
الوظيفة مغلقة
המשרה כבר לא רלוונטית
यह भर्ती बंद हो चुकी है
Lowongan telah ditutup
Posisi ini sudah terisi
Tin tuyển dụng đã hết hạn nộp hồ sơ
Vị trí này đã tuyển đủ
This role has already been snapped up.
Applications are not being accepted at this time.
Position filled – thank you!
Vacancy closed (filled internally)
Für diese Position können Sie sich nicht mehr bewerben.
Ce recrutement est clos.
Oferta retirada por la empresa.
Candidaturas encerradas em 30/10.
Je kunt niet meer op deze vacature solliciteren.
Nabór zakończony.
ตำแหน่งนี้ปิดรับสมัครแล้ว
ประกาศงานนี้หมดอายุแล้ว
この求人は現在募集しておりません。
该岗位暂停招聘
""".strip().split("\n")

OPEN = """
La vacante anterior fue cubierta internamente.
The vacancy will be withdrawn once it has been filled.
Applicants under 18 cannot apply for this job.
All positions are filled through this form.
The first deadline has passed; the second is 15 January 2027.
Le processus est terminé en deux semaines.
We closed our Series B in June and are hiring five engineers.
Applications close on 3 December.
Position closed to remote.
This position is closed to candidates who need relocation outside the EU.
We may close this vacancy early if we receive enough applications.
Our closed beta launched in May and you will own its evaluation.
Applications for Summer 2026 are closed. Summer 2027 applications are open now.
The earlier round (closed 1 October) is over; this is round two.
We have filled three of the four seats; one remains open.
Closing date: 4 January 2027, 17:00 GMT.
This posting stays up until the position is filled.
If this job is no longer available you will be told.
You will ensure that each position is filled within 30 days.
When the job has ended, results are archived by our scheduler.
Once the role has been filled we will remove this advert.
We no longer accept paper applications.
Experience with closed-source and open-source models.
In this role you have closed enterprise deals before.
This role is a backfill; the previous requisition was closed.
The previous posting for this role has expired and is replaced by this one.
Your query for expired certificates runs on our cluster.
We are no longer a small start-up.
The deadline has been extended to 20 December.
Some jobs that are closed are kept in our archive for a year.
You will own filled-order reconciliation for the trading desk.
Our London vacancy has been filled; the Berlin one is still open.
This role is not yet filled, so do apply.
Has this job been filled? Not yet!
Work in a closed loop between simulation and the real robot.
We do not accept applications from agencies.
We are not accepting applications via email; use the form.
You'll work on problems no longer considered impossible.
Die Stelle ist zum nächstmöglichen Zeitpunkt zu besetzen.
Sie haben ein abgeschlossenes Studium der Informatik.
Sobald die Stelle besetzt ist, nehmen wir die Anzeige offline.
Die vorherige Ausschreibung ist abgelaufen, diese hier gilt.
Le poste est à pourvoir dès que possible.
Si le poste a été pourvu, nous vous le dirons.
La vacante permanecerá abierta hasta que el puesto esté cubierto.
Una vez cerrada la convocatoria te escribiremos.
As inscrições se encerram em 10 de dezembro.
A vaga fica aberta até ser preenchida.
La posizione è aperta a tutti.
De vacature sluit op 1 december.
Zodra de vacature is vervuld, laten we het weten.
Rekrutacja potrwa do momentu obsadzenia stanowiska.
Başvurular 1 Aralık tarihine kadar açıktır.
Tjänsten tillsätts så snart som möjligt.
Stillingen er ledig fra 1. januar.
Приём откликов закроется 1 декабря.
Если вакансия закрыта, мы сообщим.
定員に達し次第、募集を終了します。
応募の締め切りは12月10日です。
招满为止，欢迎申请该职位。
채용 시 마감될 수 있습니다.
الوظيفة متاحة حتى نهاية الشهر.
Lowongan akan ditutup pada 1 Desember.
Tin tuyển dụng sẽ hết hạn vào ngày 10.
Applications close when we have enough candidates.
We review applications until the role is filled, and then close it.
This role has been open since May.
The office closed in 2020 and we are remote since.
You have closed complex deals and filled pipelines.
This position is a replacement for a colleague who has been promoted.
The job has been designed with flexibility in mind.
This role is not available for sponsorship.
This role is not available in California.
This position is no longer remote; it is based in Austin.
We are no longer accepting applications from recruiters or agencies.
This job is only available to EU citizens.
The role has expired credentials rotation among its duties.
The team has filled 20 positions this year.
Our first cohort is closed, but the second cohort opens in January: apply now.
Stelle: Senior Engineer, Vollzeit, unbefristet, ab sofort.
Die Stelle ist auf zwei Jahre befristet und kann verlängert werden.
Le poste est ouvert aux personnes en situation de handicap.
La vacante estará disponible hasta el 3 de enero.
A vaga está aberta até 30 de novembro.
La posizione è a tempo indeterminato e chiude il 3 gennaio.
Stanowisko jest dostępne od zaraz.
Вакансия открыта до конца месяца.
本职位长期有效，招满为止。
募集人数に達した場合は募集を終了することがあります。
이 포지션은 채용 시까지 진행됩니다.
This contract role was extended and is still open.
The position is closed on weekends.
Job openings that have expired are listed in the archive.
Deadline: applications received after 5 December can't be considered.
This internship ended up being our best programme.
You have wrapped up a degree in computer science.
We ran out of room and moved to a bigger office.
Applications are not accepted from agencies.
ปิดรับสมัครวันที่ 20 ธันวาคม
Your trial over, we close the contract.
We can no longer take letters sent by fax.
Ces candidatures par courrier ne sont plus acceptées.
Our last call was closed after four days, so do not wait.
Nobody has ever closed this role, and nobody will.
You can send your papers until the vacancy has been closed.
Solliciteren kan tot 3 januari, daarna is de vacature gesloten.
The summer opening has expired, which is why we now write this one.
""".strip().split("\n")
